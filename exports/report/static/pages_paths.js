// The path graph of Insights and of a user's page.
(function (F) {
  'use strict';
  const { STEPS, OTHER, EXIT, CONTINUES, WIDTH } = F.pathCodes;
  const SPECIAL = { [OTHER]: '(other)', [EXIT]: '(exit)', [CONTINUES]: '(continues)' };

  function describe(into, key, all, isOne) {
    const visits = into.visits[key];
    const pairs = [['Visits', F.count(visits)]];
    if (!isOne && into.users[key] !== null) pairs.push(['Users', F.count(into.users[key])]);
    pairs.push(['Share of all visits', F.share(F.ratio(visits, all))]);
    return pairs;
  }
  const time = (into, key) => [
    ['Time on item, average', F.seconds(F.ratio(into.ms[key] / 1000, into.visits[key]))],
    ['Time on item, total', F.seconds(into.ms[key] / 1000)],
    ['Interactions', F.count(into.interactions[key])],
  ];

  // Nodes and links of the picture, from F.paths, and all flows as rows of the table.
  function picture(result, level) {
    const { steps, nodes, links, labels } = result;
    const name = (step, place) => SPECIAL[place] || labels[steps[step].top[place]];
    const colours = F.pathColours(result, level);
    const colour = (step, place) => (place === OTHER ? F.meta.colours.other : place === EXIT || place === CONTINUES
      ? F.meta.colours.leaving : colours.get(steps[step].top[place]));
    const drawn = { nodes: [], links: [], rows: [] };
    for (let step = 0; step <= STEPS; step++) {
      for (let place = 0; place < WIDTH; place++) {
        const key = step * WIDTH + place;
        if (!nodes.visits[key]) continue;
        const folded = place === OTHER ? steps[step].folded : 0;
        const label = folded > 0 ? '(other: ' + F.count(folded) + ')' : name(step, place);
        const leaves = place === EXIT || place === CONTINUES;
        drawn.nodes.push({
          column: step + 1, item: place, label: F.oneLine(label), place, visits: nodes.visits[key],
          colour: colour(step, place),
          tip: { of: 'nodes', key, leaves, folded },
        });
      }
    }
    for (let step = 0; step < STEPS; step++) {
      for (let from = 0; from <= OTHER; from++) {
        for (let to = 0; to < WIDTH; to++) {
          const key = (step * WIDTH + from) * WIDTH + to;
          if (!links.visits[key]) continue;
          drawn.links.push({
            step: step + 1, source: from, target: to, visits: links.visits[key],
            tip: { of: 'links', key },
          });
          drawn.rows.push({
            step: step + 1, from: name(step, from), to: name(step + 1, to), visits: links.visits[key],
            users: links.users[key], share: F.ratio(links.visits[key], result.visits), seconds: links.ms[key] / 1000,
          });
        }
      }
    }
    return drawn;
  }

  // The most frequent items of all days keep their colour from step to step and from page to page. Where these are not known
  // (an anonymized workspace), those of the picture have one.
  F.pathColours = function (result, level) {
    const totals = new Map();
    result.steps.forEach(({ top }, step) => top.forEach((item, place) => {
      totals.set(item, (totals.get(item) || 0) + result.nodes.visits[step * WIDTH + place]);
    }));
    const order = [...totals.keys()].sort((a, b) => totals.get(b) - totals.get(a) || a - b);
    const known = F.meta.path_top && F.meta.path_top[level];
    const placeOf = (item, place) => (known ? known.indexOf(result.labels[item]) : place);
    return new Map(order.map((item, place) => [item, F.meta.colours.paths[placeOf(item, place)] || F.meta.colours.rest]));
  };

  F.pathGraph = function (user) {
    const isOne = user !== null;
    let level = 'module';
    let days = null;
    let result = null;
    const graph = F.graph({
      kind: 'path', title: 'Paths, first ten steps', tooltip, metric: 'path_visits', columns: [
        { key: 'step', title: 'Step', metric: 'path_step', unit: 'count', value: row => row.step },
        { key: 'from', title: 'From', metric: 'path_source', value: row => row.from },
        { key: 'to', title: 'To', metric: 'path_target', value: row => row.to },
        { key: 'visits', title: 'Visits', metric: 'path_visits', unit: 'count', value: row => row.visits },
        ...(isOne ? [] : [{ key: 'users', title: 'Users', metric: 'path_users', unit: 'count', value: row => row.users }]),
        { key: 'share', title: 'Share of visits', metric: 'path_share', unit: 'share', value: row => row.share },
        { key: 'seconds', title: 'Time on item', metric: 'seconds_on_source', unit: 'seconds', value: row => row.seconds },
      ],
      controls: F.choice('Level of the path', [['module', 'Features'], ['content', 'Content']], level, key => {
        level = key;
        graph.update(content);
      }),
    });
    async function content() {
      if (level === 'content') await F.need('paths');
      result = F.paths(days, level, user);
      const { nodes, links, rows } = picture(result, level);
      const notes = isOne ? [] : [
        ...(nodes.some(({ place }) => place === OTHER) ? ['(other) combines the items of a step that are not among its ' + OTHER
          + ' most visited. Its visits are counted; its users are not, because one person may be in several of its items.'] : []),
        ...(F.meta.is_fixed ? ['(other) also includes paths of ' + F.fewer() + '.'] : []),
      ];
      return {
        data: { nodes, links }, signals: {}, rows, note: notes.join(' '),
        summary: F.count(result.visits) + ' visits. ' + (rows.length ? 'The table below lists every flow.' : ''),
      };
    }
    // The tooltip of a node or flow, made when it is shown: there are thousands of them.
    function tooltip([title, { of, key, leaves, folded }]) {
      return [title, ...(folded > 0 ? [['Items in this group', F.count(folded)]] : []), ...F.knownPairs([...describe(result[of], key, result.visits, isOne), ...(leaves ? [] : time(result[of], key))])];
    }
    return { ...graph, show: next => { days = next; return graph.update(content); } };
  };
})(window.Footfall);
