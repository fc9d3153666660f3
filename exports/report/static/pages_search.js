// Search: terms, users, and searches without results.
(function (F) {
  'use strict';
  const { h } = F;

  F.pages.search = function () {
    const top = h('div');
    const facts = h('div');
    const columns = [
      { key: 'term', title: 'Search term', metric: 'term', value: row => row.term },
      { key: 'searches', title: 'Searches', metric: 'searches', unit: 'count', value: row => row.searches },
      { key: 'users', title: 'Users', metric: 'search_users', unit: 'count', value: row => row.users },
      { key: 'zero', title: 'Without results', metric: 'share_without_results', unit: 'share', value: row => row.zero_share },
      ...F.osColumns((os, code) => ({ key: os.key, title: os.title, metric: 'searches', unit: 'count',
        value: row => row.os[code].searches })),
    ];
    const ranking = F.graph({ kind: 'ranking', title: 'Most searched', metric: 'searches', columns });
    const list = F.table(columns, { caption: 'Search terms', sort: 'searches', searchLabel: 'Search terms', search: row => row.term });
    return {
      element: h('div', null, top, facts, ranking.element, list.element),
      update(days) {
        const result = F.searches(days);
        const tiles = result => [
          { label: 'Searches', metric: 'searches', value: result.searches },
          { label: 'Users who searched', metric: 'search_users', value: result.users },
          { label: 'Different terms', metric: 'term', value: F.countOf(result.rows) },
          { label: 'Without results', metric: 'share_without_results', value: result.zero_share, unit: 'share' },
        ];
        top.replaceChildren(F.tiles(tiles(result), F.beside(then => tiles(F.searches(then)))));
        facts.replaceChildren(F.facts(days));
        list.update(result.rows);
        return ranking.update(() => F.rankingContent(result.rows, {
          label: row => row.term, value: row => row.searches, text: row => F.count(row.searches),
          ...F.osParts(result.rows, 'Searches', row => row.searches, os => os.searches),
          tip: row => [['Searches', F.count(row.searches)], ['Users', F.count(row.users)],
            ['Without results', F.share(row.zero_share)]],
        }));
      },
    };
  };
})(window.Footfall);
