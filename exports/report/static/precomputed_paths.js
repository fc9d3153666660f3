// Paths of a workspace from precomputed answers, in the shape of F.paths.
(function (F) {
  'use strict';
  const { STEPS, TOP, OTHER, EXIT, CONTINUES, WIDTH } = F.pathCodes;
  const ENDS = new Map([['(other)', OTHER], ['(exit)', EXIT], ['(continues)', CONTINUES]]);
  const shown = value => (value === null ? NaN : value);
  const named = item => !ENDS.has(item);

  // Visits of each item at each step: the larger of flows out of it and flows into it (small flows may be hidden).
  function perStep(rows) {
    const count = (step, end) => {
      const out = new Map();
      for (const row of rows) if (row.step === step) out.set(row[end], (out.get(row[end]) || 0) + row.visits);
      return out;
    };
    return Array.from({ length: STEPS + 1 }, (_, step) => {
      const visits = count(step + 1, 'source');
      for (const [item, flow] of count(step, 'target')) visits.set(item, Math.max(flow, visits.get(item) || 0));
      return visits;
    });
  }

  // Places of a step's items, the most visited first; further items are in (other).
  function rank(visits, known) {
    const order = [...visits.keys()].filter(named).sort((a, b) => visits.get(b) - visits.get(a) || a - b);
    const top = order.slice(0, TOP);
    const places = new Map(top.map((item, place) => [item, place]));
    return { top, folded: known - top.length, place: item => ENDS.get(item) ?? places.get(item) ?? OTHER };
  }

  const make = length => ({
    visits: new Float64Array(length), users: new Float64Array(length).fill(NaN), interactions: new Float64Array(length),
    ms: new Float64Array(length),
  });
  const add = (into, key, row) => {
    into.visits[key] += row.visits;
    into.interactions[key] += shown(row.interactions);
    into.ms[key] += shown(row.seconds_on_source) * 1000;
  };

  F.precomputedPaths = function (level) {
    const rows = F.answer('path_links_top_' + level).filter(row => row.visits > 0);
    const items = F.answer('path_items_' + level).filter(row => named(row.item));
    const visits = perStep(rows);
    const steps = visits.map((counts, step) => rank(counts, items.filter(one => one.step === step + 1).length));
    const nodes = make((STEPS + 1) * WIDTH);
    const links = make(STEPS * WIDTH * WIDTH);
    for (const row of rows) {
      const from = (row.step - 1) * WIDTH + steps[row.step - 1].place(row.source);
      const link = from * WIDTH + steps[row.step].place(row.target);
      links.users[link] = links.visits[link] ? NaN : shown(row.users); // people of two flows may be the same
      add(links, link, row);
      add(nodes, from, row);
    }
    nodes.visits.fill(0);
    visits.forEach((counts, step) => counts.forEach((flow, item) => { nodes.visits[step * WIDTH + steps[step].place(item)] += flow; }));
    for (const { step, item, users } of items) {
      const place = steps[step - 1].place(item);
      if (place < OTHER) nodes.users[(step - 1) * WIDTH + place] = shown(users);
    }
    return { visits: F.sum([...visits[0].values()]), steps, nodes, links, labels: F.meta['answer_labels_' + level] };
  };
})(window.Footfall);
