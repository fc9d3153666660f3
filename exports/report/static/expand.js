// Milliseconds as they were before shrink.py: of visits, of steps and of usage.
(function (F) {
  'use strict';
  const signed = value => (value % 2 ? -(value + 1) / 2 : value / 2);

  // Milliseconds of the steps of level content; those that end with a module step follow from it.
  function contentMs(content, modules) {
    const { visit, closes, left } = content;
    const { ms: moduleMs, visit: moduleVisit } = modules;
    const out = new Float64Array(visit.length);
    let rest = 0;
    let step = 0; // row of the module step that ends next
    for (let row = 0; row < out.length;) {
      const one = visit[row];
      while (step < moduleVisit.length && moduleVisit[step] < one) step++;
      let ended = 0; // of the visit so far, along module steps
      let passed = 0; // and along content steps
      for (; row < out.length && visit[row] === one; row++) {
        if (closes[row] === 0) out[row] = left[rest++];
        else {
          for (let k = 0; k < closes[row]; k++) ended += moduleMs[step++];
          out[row] = ended - passed;
        }
        passed += out[row];
      }
    }
    return out;
  }

  function visitEngaged(visits, steps) {
    const out = new Float64Array(visits.length);
    const stored = visits.engaged_left;
    const { visit, ms } = steps;
    for (let i = 0; i < out.length; i++) out[i] = signed(stored[i]);
    for (let i = 0; i < ms.length; i++) out[visit[i]] += ms[i];
    return out;
  }

  // Engaged milliseconds of usage rows of those who have a page.
  function usageEngaged(usage, steps, moduleOfItem, modules) {
    const stored = usage.engaged_left;
    const out = new Float64Array(stored.length);
    const first = new Map();
    for (let i = 0; i < out.length; i++) {
      out[i] = signed(stored[i]);
      const key = usage.visit[i] * modules + usage.module[i];
      if (!first.has(key)) first.set(key, i);
    }
    const visits = out.length ? usage.visit[out.length - 1] : -1;
    const { visit, item, ms } = steps;
    for (let i = 0; i < ms.length && visit[i] <= visits; i++) {
      const row = first.get(visit[i] * modules + moduleOfItem[item[i]]);
      if (row !== undefined) out[row] += ms[i];
    }
    return out;
  }

  function lazy(table, name, make) {
    let values = null;
    Object.defineProperty(table, name, { get: () => (values = values || make()) });
  }

  // tables: of one block (decode.js); each block brings what its columns need, or finds it in all.
  F.expand = function (meta, tables, all) {
    const { visits, usage, paths_module: steps } = all;
    if (tables.visits) lazy(visits, 'engaged', () => visitEngaged(visits, steps));
    if (tables.usage) lazy(usage, 'engaged', () => usageEngaged(usage, steps, meta.module_of_item, meta.modules.length));
    if (tables.paths_content) lazy(tables.paths_content, 'ms', () => contentMs(tables.paths_content, steps));
  };
})(window.Footfall);
