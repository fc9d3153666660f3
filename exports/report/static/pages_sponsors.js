// Forms and Sponsors: content pages with further numbers.
(function (F) {
  'use strict';
  const { h } = F;

  F.pages.forms = page => F.contentPage(page, {
    columns: [
      { key: 'opened', title: 'Opened by', metric: 'opened', unit: 'count', value: row => row.opened },
      { key: 'submitted', title: 'Submitted by', metric: 'submitted', unit: 'count', value: row => row.submitted },
      { key: 'submissions', title: 'Submissions', metric: 'submissions', unit: 'count', value: row => row.submissions },
      { key: 'completion', title: 'Completion', metric: 'completion', unit: 'share', value: row => row.completion },
    ],
    tiles(result, item) {
      const rows = result.rows.filter(row => item === null || row.key === item);
      const sum = name => F.totalOf(rows, name);
      return [{
        label: 'Submissions', metric: 'submissions', value: sum('submissions'),
        notes: item === null ? [] : [
          { label: 'Opened by', metric: 'opened', value: sum('opened') },
          { label: 'Submitted by', metric: 'submitted', value: sum('submitted') },
          { label: 'Completion', metric: 'completion', value: rows.length ? rows[0].completion : null, unit: 'share' }],
      }];
    },
  });

  const ACTIONS = [
    ['Profile views', 'profile_views', 'profile_users'], ['Document openings', 'document_openings', 'document_users'],
    ['Link clicks', 'link_clicks', 'link_users'], ['Booth visits', 'booth_visits', 'booth_users'],
    ['Meetings', 'meetings', 'meeting_users'],
  ];

  function engagement() {
    const column = (key, title, metric) => ({ key, title, metric, unit: 'count', value: row => row[key] });
    const columns = [
      { key: 'title', title: 'Sponsor', value: row => row.item.title, cell: row => F.link(F.itemTitle(row.item), row.item.url) },
      column('people', 'People reached', 'sponsor_people'),
      ...ACTIONS.flatMap(([title, times, users]) => [
        column(times, title, times === 'meetings' ? 'sponsor_meetings' : times),
        column(users, 'Users', users === 'meeting_users' ? 'sponsor_meeting_users' : users)]),
      column('meetings_held', 'Meetings held', 'sponsor_meetings_held'),
    ];
    const graph = F.graph({ kind: 'ranking', title: 'Contacts with sponsors', columns, metric: 'sponsor_people',
      caption: 'How often people had contact with each sponsor; the sponsor’s own team is left out.' });
    const table = F.table(columns, {
      caption: 'Sponsor engagement', sort: 'people', searchLabel: 'Search sponsors', search: row => row.item.title,
    });
    const legend = ACTIONS.map(([name], place) => ({ name, colour: F.meta.colours.category[place] }));
    return {
      element: h('div', null, graph.element, h('h2.item', null, 'Engagement'), table.element),
      update(days, item) {
        const rows = F.sponsors(days).filter(row => item === null || row.key === item);
        const known = ACTIONS.filter(([, times]) => !rows.length || rows.some(row => row[times] !== undefined));
        const all = row => F.sum(known.map(([, times]) => row[times]));
        table.update(rows); // in the order of the answer, as the workbook
        const ranked = rows.slice().sort(F.descending(all));
        const title = known.length > 1 ? {} : { title: 'Meetings with sponsors', metric: 'sponsor_meetings' };
        return graph.update(() => ({ ...title, ...F.rankingContent(ranked, {
          label: row => F.itemTitle(row.item), value: all, text: row => F.count(all(row)),
          legend: legend.filter(({ name }) => known.some(([one]) => one === name)),
          parts: row => known.map(([name, times]) => [name, row[times]]),
          tip: row => [['People reached', F.count(row.people)], ...ACTIONS.map(([name, times]) => [name, F.count(row[times])])],
        }) }));
      },
    };
  }

  // Contacts as tiles once a sponsor is chosen.
  function contactTiles(result, item, days) {
    const row = item === null ? null : F.sponsors(days).find(one => one.key === item);
    if (!row) return [];
    return [{ label: 'People reached', metric: 'sponsor_people', value: row.people },
      ...ACTIONS.slice(1).map(([label, times]) => ({
        label, metric: times === 'meetings' ? 'sponsor_meetings' : times, value: row[times] }))];
  }

  F.pages.sponsors = page => F.contentPage(page, { sections: [engagement()], tiles: contactTiles });
})(window.Footfall);
