// Milliseconds as they were before shrink.py: of visits, of steps and of usage.
(function (F) {
  'use strict';
  const NO_SPAN = 255;
  const signed = value => (value % 2 ? -(value + 1) / 2 : value / 2);

  // Milliseconds of the steps of level module, from the content steps they take.
  function moduleMs(steps, content) {
    const { visit, span, left } = steps;
    const out = new Float64Array(visit.length);
    let rest = 0;
    let at = 0;
    for (let row = 0; row < out.length;) {
      const one = visit[row];
      while (at < content.visit.length && content.visit[at] < one) at++;
      let reached = 0; // of the visit so far, along content steps
      let passed = 0; // and along module steps
      for (; row < out.length && visit[row] === one; row++) {
        if (span[row] === NO_SPAN) out[row] = left[rest++];
        else {
          for (let k = 0; k < span[row]; k++) reached += content.ms[at++];
          out[row] = reached - passed;
        }
        passed += out[row];
      }
    }
    return out;
  }

  function visitEngaged(visits, content) {
    const out = new Float64Array(visits.length);
    const stored = visits.engaged_left;
    for (let i = 0; i < out.length; i++) out[i] = signed(stored[i]);
    for (let i = 0; i < content.length; i++) out[content.visit[i]] += content.ms[i];
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
    for (let i = 0; i < steps.length; i++) {
      const row = first.get(steps.visit[i] * modules + moduleOfItem[steps.item[i]]);
      if (row !== undefined) out[row] += steps.ms[i];
    }
    return out;
  }

  function lazy(table, name, make) {
    let values = null;
    Object.defineProperty(table, name, { get: () => (values = values || make()) });
  }

  F.expand = function (meta, tables) {
    const { visits, usage, paths_module: steps, paths_content: content } = tables;
    lazy(steps, 'ms', () => moduleMs(steps, content));
    lazy(visits, 'engaged', () => visitEngaged(visits, content));
    lazy(usage, 'engaged', () => usageEngaged(usage, steps, meta.module_of_item, meta.modules.length));
  };
})(window.Footfall);
