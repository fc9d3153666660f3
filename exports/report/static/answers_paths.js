// The first ten steps of visits: nodes and flows with exact users, the top items of each step and (other).
(function (F) {
  'use strict';
  const STEPS = 10;
  const TOP = 20;
  const OTHER = TOP;
  const EXIT = TOP + 1;
  const CONTINUES = TOP + 2;
  const WIDTH = TOP + 3;
  F.pathCodes = { STEPS, TOP, OTHER, EXIT, CONTINUES, WIDTH };

  // The rows of the range: calls begin(visit), step(row, step, item), finish(continues) in order.
  function eachPath(days, level, user, each) {
    const { visit, item } = F.tables['paths_' + level];
    const { actor, day } = F.tables.visits;
    const [firstVisit, endVisit] = F.actorRows(actor, user);
    const [from] = F.actorRows(visit, firstVisit);
    const [end] = F.actorRows(visit, endVisit);
    for (let row = from; row < end;) {
      const one = visit[row];
      let next = row + 1;
      while (next < end && visit[next] === one) next++;
      if (day[one] >= days.first && day[one] <= days.last) each(one, row, next, item);
      row = next;
    }
  }

  // Per step the places of the top items: places[step][item] = 0…19, or OTHER.
  function rankItems(days, level, user) {
    const items = F.meta['path_' + level].length;
    const visits = Array.from({ length: STEPS }, () => new Float64Array(items));
    eachPath(days, level, user, (visit, row, end, item) => {
      for (let step = 0; row + step < end; step++) visits[step][item[row + step]]++;
    });
    return visits.map(counts => {
      const order = [];
      for (let code = 0; code < items; code++) if (counts[code]) order.push(code);
      order.sort((a, b) => counts[b] - counts[a] || a - b);
      const places = new Uint8Array(items).fill(OTHER);
      const top = order.slice(0, TOP);
      top.forEach((code, place) => { places[code] = place; });
      return { places, top, folded: Math.max(0, order.length - TOP) };
    });
  }

  // {visits, steps: [{top, folded}], nodes, links}: places as in pathCodes; seconds on the item where a flow starts.
  F.paths = function (days, level, user = null) {
    const steps = rankItems(days, level, user);
    const size = STEPS * WIDTH * WIDTH;
    const make = length => ({
      visits: new Float64Array(length), users: new Float64Array(length), interactions: new Float64Array(length),
      ms: new Float64Array(length), last: new Int32Array(length).fill(-1),
    });
    const links = make(size);
    const nodes = make((STEPS + 1) * WIDTH);
    const { interactions, ms, continues } = F.tables['paths_' + level];
    const { actor } = F.tables.visits;
    const users = F.meta.counts.users;
    const count = (into, key, who, seconds, seen) => {
      into.visits[key]++;
      into.ms[key] += seconds;
      into.interactions[key] += seen;
      if (into.last[key] !== who) { into.last[key] = who; if (who < users) into.users[key]++; }
    };
    let total = 0;
    eachPath(days, level, user, (visit, row, end, item) => {
      total++;
      const who = actor[visit];
      let place = steps[0].places[item[row]];
      for (let step = 0; row + step < end; step++) {
        const at = row + step;
        const isLast = at + 1 === end;
        const next = !isLast ? steps[step + 1].places[item[at + 1]] : continues[at] ? CONTINUES : EXIT;
        count(nodes, step * WIDTH + place, who, ms[at], interactions[at]);
        if (isLast) count(nodes, (step + 1) * WIDTH + next, who, 0, 0);
        count(links, (step * WIDTH + place) * WIDTH + next, who, ms[at], interactions[at]);
        place = next;
      }
    });
    return { visits: total, steps, nodes, links, labels: F.meta['path_' + level] };
  };
})(window.Footfall);
