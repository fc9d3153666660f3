// The first ten steps of visits: places and flows, the top items of each step named, the rest as (other).
(function (F) {
  'use strict';
  const STEPS = 10;
  const TOP = 20;
  const OTHER = TOP;
  const EXIT = TOP + 1;
  const CONTINUES = TOP + 2;
  const WIDTH = TOP + 3;
  F.pathCodes = { STEPS, TOP, OTHER, EXIT, CONTINUES, WIDTH };
  const ENDS = [OTHER, EXIT, CONTINUES]; // codes 0 to 2 of the data; an item's code is 3 more than its number
  const FIRST = 3;

  const make = length => ({
    visits: new Float64Array(length), interactions: new Float64Array(length), ms: new Float64Array(length),
    users: new Array(length).fill(null),
  });
  const add = (into, key, flow) => {
    into.visits[key] += flow.visits;
    into.interactions[key] += flow.interactions;
    into.ms[key] += flow.ms;
  };

  // The picture's places and flows from flows {step (from 1), source, target, visits, interactions, ms, users}. Users of named
  // places and flows are exact; (other) has none, because people of several flows may be the same.
  // itemsAt(step): how many items there are; usersAt(step, code): users of a place.
  F.fold = function (flows, level, itemsAt, usersAt) {
    const codes = F.meta['path_' + level].length + FIRST;
    const visits = Array.from({ length: STEPS }, () => new Float64Array(codes));
    for (const { step, source, visits: n } of flows) visits[step - 1][source] += n;
    const steps = visits.map((counts, step) => {
      const order = [];
      for (let code = FIRST; code < codes; code++) if (counts[code]) order.push(code);
      order.sort((a, b) => counts[b] - counts[a] || a - b);
      const top = order.slice(0, TOP).map(code => code - FIRST);
      const places = new Uint8Array(codes).fill(OTHER);
      ENDS.forEach((place, code) => { places[code] = place; });
      top.forEach((item, place) => { places[item + FIRST] = place; });
      return { places, top, folded: Math.max(0, itemsAt(step + 1, order.length) - top.length) };
    });
    const last = Uint8Array.from({ length: codes }, (_, code) => ENDS[code] ?? OTHER);
    const links = make(STEPS * WIDTH * WIDTH);
    const nodes = make((STEPS + 1) * WIDTH);
    let total = 0;
    for (const flow of flows) {
      const { step, source, target } = flow;
      const from = (step - 1) * WIDTH + steps[step - 1].places[source];
      const to = (step < STEPS ? steps[step].places : last)[target];
      const link = from * WIDTH + to;
      add(links, link, flow);
      add(nodes, from, flow);
      if (target === 1 || target === 2) nodes.visits[step * WIDTH + to] += flow.visits;
      if (from % WIDTH < OTHER && to !== OTHER) links.users[link] = flow.users;
      if (step === 1) total += flow.visits;
    }
    for (let step = 0; step <= STEPS; step++) {
      const top = step < STEPS ? steps[step].top.map(item => item + FIRST) : [];
      top.forEach((code, place) => { nodes.users[step * WIDTH + place] = usersAt(step + 1, code); });
      for (const code of [1, 2]) {
        const key = step * WIDTH + ENDS[code];
        if (nodes.visits[key]) nodes.users[key] = usersAt(step + 1, code);
      }
    }
    return { visits: total, steps, nodes, links, labels: F.meta['path_' + level] };
  };

  F.paths = function (days, level) {
    const { length, step, source, target } = F.rowsOf('path_links_' + level);
    const by = F.sums('cells_links_' + level, days, ['n', 'visits', 'interactions', 'ms'], (i, { key }) => key[i], length);
    const users = F.distinct('links_' + level, days, length);
    const codes = F.meta['path_' + level].length + FIRST;
    const places = F.distinct('places_' + level, days, (STEPS + 1) * codes);
    const items = F.distinct('path_items_' + level, days, STEPS + 1);
    const flows = [];
    for (let i = 0; i < length; i++) {
      const visits = by.n[i] + by.visits[i]; // stored: visits beyond people, interactions beyond visits
      if (visits) flows.push({
        step: step[i], source: source[i], target: target[i], visits, interactions: visits + by.interactions[i], ms: by.ms[i],
        users: users[i] });
    }
    return F.fold(flows, level, one => items[one], (one, code) => places[(one - 1) * codes + code]);
  };
})(window.Footfall);
