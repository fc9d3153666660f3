// Insights: tiles, interactions over time, top features, paths, frequency. A user's own page shows the same for one.
(function (F) {
  'use strict';
  const { h } = F;

  function tilesOf(numbers, isOne) {
    const visits = isOne ? numbers.user_visits : numbers.visits;
    const duration = {
      label: 'Average visit duration', metric: 'average_elapsed_seconds', value: numbers.average_elapsed_seconds, unit: 'seconds',
      notes: [
        { label: 'Engaged', metric: 'average_engaged_seconds', value: numbers.average_engaged_seconds, unit: 'seconds' },
        { label: 'Median', metric: 'median_elapsed_seconds', value: numbers.median_elapsed_seconds, unit: 'seconds' },
        { label: '90th percentile', metric: 'p90_elapsed_seconds', value: numbers.p90_elapsed_seconds, unit: 'seconds' },
        { label: 'Single-event visits', metric: 'single_event_share', value: numbers.single_event_share, unit: 'share' },
      ],
    };
    const perVisit = {
      label: isOne ? 'Interactions per visit' : 'Interactions per user per visit', metric: 'interactions_per_visit', value: numbers.interactions_per_visit, unit: 'number',
      notes: isOne ? [] : [{ label: 'Average over users', metric: 'interactions_per_visit_mean_of_users',
        value: numbers.interactions_per_visit_mean_of_users, unit: 'number' }],
    };
    const title = key => (F.meta.os.find(os => os.key === key) || { title: key }).title;
    const total = {
      label: 'Total interactions', metric: 'interactions', value: numbers.interactions,
      notes: (numbers.systems || []).map(([os, value]) => ({ label: title(os), metric: 'interactions_by_os', value })),
    };
    if (isOne) return [{ label: 'Visits', metric: 'visits', value: visits }, duration, perVisit, total];
    return [
      { label: 'Active users', metric: 'active_users', value: numbers.active_users,
        notes: [{ label: 'Guests', metric: 'guests', value: numbers.guests }] },
      { label: 'Visits', metric: 'visits', value: visits,
        notes: [{ label: 'Visits of users', metric: 'user_visits', value: numbers.user_visits }] },
      duration,
      { label: 'Average visits per user', metric: 'visits_per_user', value: numbers.visits_per_user, unit: 'number' },
      perVisit, total,
    ];
  }

  const moduleTitle = name => F.meta.module_titles[name] || name;
  F.moduleTitle = moduleTitle;

  function featuresGraph(isOne) {
    const count = (key, title, metric) => ({ key, title, metric, unit: 'count', value: row => row[key] });
    const graph = F.graph({
      kind: 'ranking', title: 'Top features', metric: 'module_interactions', columns: [
        { key: 'module', title: 'Feature', metric: 'module', value: row => moduleTitle(row.module) },
        count('interactions', 'Interactions', 'module_interactions'),
        ...(isOne ? [] : [count('users', 'Users', 'module_users')]),
        count('visits', 'Visits', 'module_visits'),
        { key: 'engaged_seconds', title: 'Engaged time', metric: 'module_engaged_seconds', unit: 'seconds',
          value: row => row.engaged_seconds },
        ...(isOne ? [] : [{ key: 'reach', title: 'Reach', metric: 'reach', unit: 'share', value: row => row.reach }]),
      ],
    });
    return {
      ...graph,
      show(rows) {
        const legend = [{ name: 'Interactions', colour: F.meta.os[0].colour }];
        return graph.update(() => F.rankingContent(rows(), {
          label: row => moduleTitle(row.module), value: row => row.interactions, text: row => F.count(row.interactions),
          parts: row => [['Interactions', row.interactions]], legend,
          tip: row => [['Users', F.count(row.users)], ['Visits', F.count(row.visits)],
            ['Engaged time', F.seconds(row.engaged_seconds)], ['Reach', F.share(row.reach)]],
        }));
      },
    };
  }

  function frequencyGraph() {
    let kind = 'days';
    let counts = null;
    const names = { days: 'Active days', weeks: 'Active weeks', months: 'Active months', bands: 'How often' };
    const graph = F.graph({
      kind: 'columns', title: 'Frequency of visits', metric: 'frequency_users', columns: [
        { key: 'class', title: 'Group', metric: 'frequency_bucket', value: row => row.place, cell: row => row.name },
        { key: 'users', title: 'Users', unit: 'count', metric: 'frequency_users', value: row => row.users },
      ],
      controls: F.choice('Frequency by', Object.entries(names), kind, key => { kind = key; graph.update(content); }),
    });
    function content() {
      const found = counts()[kind];
      const isFolded = found.has('(other)');
      const most = Math.max(0, ...(kind === 'bands' ? [0] : [...found.keys()].filter(Number.isInteger)));
      const isHidden = F.meta.is_fixed && !found.size;
      const all = isHidden ? [] : kind === 'bands' ? F.bandsOf(F.days()).map(({ key, title }) => [key, title])
        : Array.from({ length: most }, (_, place) => [place + 1, String(place + 1)]);
      // If some groups are combined, a group without a number is left out.
      const classes = isFolded ? [...all.filter(([key]) => found.has(key)), ['(other)', '(other)']] : all;
      const rows = classes.map(([key, name], place) => ({ place, name, users: found.get(key) ?? 0 }));
      const legend = [{ name: 'Users', colour: F.meta.os[0].colour }];
      return {
        data: { table: rows.some(row => row.users > 0) ? rows.filter(row => F.isShown(row.users)).map(row => ({
          bucket: row.place, long: names[kind] + ': ' + row.name, series: 'Users', value: row.users })) : [] },
        signals: { labels: Object.fromEntries(rows.map(row => [row.place, row.name])), unit: 'Users',
          axis_title: names[kind], ...F.seriesSignals(legend) },
        legend, rows, summary: rows.map(row => row.name + ': ' + F.count(row.users) + ' users').join(', '),
      };
    }
    return { ...graph, show: next => { counts = next; return graph.update(content); } };
  }

  F.overTimeGraph = function () {
    const graph = F.graph({
      kind: 'columns', title: 'Total interactions', metric: 'interactions', columns: F.timeColumns('interactions'),
    });
    return { ...graph, show: (data, before) => graph.update(() => F.timeContent(data(), 'Interactions', before())) };
  };

  // The page of the workspace (user = null) or of one user.
  F.insightsPage = function (user = null) {
    const top = h('div.insights' + (user === null ? '' : '.one'));
    const facts = h('div');
    const time = F.overTimeGraph();
    const features = featuresGraph(user !== null);
    const path = F.pathGraph(user);
    const frequency = user === null ? frequencyGraph() : null;
    const workbook = user === null && F.meta.workbook ? F.workbookLink(F.meta.workbook) : null;
    return {
      element: h('div', null, top, facts, workbook && workbook.element, time.element, features.element, path.element,
        frequency ? frequency.element : null),
      update(days) {
        const numbers = F.insights(days, user);
        const tiles = of => tilesOf(of, user !== null);
        top.replaceChildren(F.tiles(tiles(numbers), F.beside(then => tiles(F.insights(then, user)))));
        if (workbook) workbook.update(days);
        facts.replaceChildren(F.facts(days, [...F.basedOn(numbers.visits, 'visits'), ...F.notShown(numbers)]));
        return Promise.all([
          time.show(() => F.overTime(days, user), () => F.beside(then => F.overTime(then, user))), features.show(() => F.features(days, user)), path.show(days),
          frequency ? frequency.show(() => F.frequency(days)) : null,
        ]);
      },
    };
  };

  F.pages.insights = () => F.insightsPage();
})(window.Footfall);
