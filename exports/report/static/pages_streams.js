// Live streams: a content page with audiences instead of openings alone.
(function (F) {
  'use strict';
  const { h } = F;
  const COLUMNS = [
    { key: 'title', title: 'Live stream', value: row => row.item.title, cell: row => F.link(F.itemTitle(row.item), row.item.url) },
    { key: 'viewers', title: 'Viewers', metric: 'viewers', unit: 'count', value: row => row.viewers },
    { key: 'seconds', title: 'Time watched', metric: 'seconds_viewed', unit: 'seconds', value: row => row.seconds },
    { key: 'unique', title: 'Without repeats', metric: 'seconds_without_repeats', unit: 'seconds',
      value: row => row.seconds_without_repeats },
    { key: 'peak', title: 'Peak viewers', metric: 'peak_viewers', unit: 'count', value: row => row.peak_viewers },
    { key: 'minute', title: 'Peak minute', metric: 'peak_minute_local', unit: 'date', value: row => row.peak_minute,
      cell: row => (row.peak_minute === null ? F.NONE : F.wallClock(row.peak_minute).text) },
    { key: 'waiting', title: 'Viewers, before the start', metric: 'waiting_viewers', unit: 'count', value: row => row.waiting_viewers },
    { key: 'live', title: 'Viewers, live', metric: 'live_viewers', unit: 'count', value: row => row.live_viewers },
    { key: 'demand', title: 'Viewers, on demand', metric: 'on_demand_viewers', unit: 'count', value: row => row.on_demand_viewers },
    { key: 'waiting_time', title: 'Time before the start', metric: 'waiting_seconds', unit: 'seconds', value: row => row.waiting_seconds },
    { key: 'live_time', title: 'Time, live', metric: 'live_seconds', unit: 'seconds', value: row => row.live_seconds },
    { key: 'demand_time', title: 'Time, on demand', metric: 'on_demand_seconds', unit: 'seconds', value: row => row.on_demand_seconds },
    { key: 'known', title: 'Time known', metric: 'known_share', unit: 'share', value: row => row.known_share },
  ];

  // Columns where viewers are not shown: views and users in place of them.
  const PRECOMPUTED = [COLUMNS[0], { key: 'views', title: 'Views', metric: 'views', unit: 'count', value: row => row.views },
    { key: 'users', title: 'Users', metric: 'view_users', unit: 'count', value: row => row.users }, ...COLUMNS.slice(1)];

  // The audience by minute, between the first and the last minute somebody watched; long gaps are closed up.
  const LONGEST_GAP = 60;
  function curve(row) {
    if (!row) return { data: { table: [] }, signals: { unit: 'Viewers', axis_title: '' }, rows: [], summary: 'No data in this range.' };
    const peak = row.levels.findIndex(level => level.viewers === row.peak_viewers);
    let first = peak;
    let last = peak;
    const isGap = place => row.levels[place].viewers === 0 && row.levels[place + 1]
      && row.levels[place + 1].minute - row.levels[place].minute > LONGEST_GAP;
    while (first > 0 && !isGap(first - 1)) first--;
    while (last + 1 < row.levels.length && !isGap(last)) last++;
    const table = row.levels.slice(first, last + 1).map(level => {
      const clock = F.wallClock(level.minute);
      return { at: clock.at, long: clock.text, value: level.viewers };
    });
    const day = level => new Date(level.at).toISOString().slice(0, 10);
    const dates = table.length ? F.rangeText(day(table[0]), day(table[table.length - 1])) : '';
    return {
      data: { table }, signals: { unit: 'Viewers', axis_title: dates }, rows: table,
      summary: 'At most ' + F.count(row.peak_viewers) + ' at once, from ' + F.wallClock(row.peak_minute).text + '.',
    };
  }

  F.pages.streams = function (page) {
    const most = F.meta.is_fixed && F.streams().every(row => row.viewers === undefined) ? 'views' : 'viewers';
    const columns = most === 'viewers' ? COLUMNS : PRECOMPUTED;
    let item = null;
    let rows = [];
    const top = h('div');
    const facts = h('div');
    let days = null;
    const ranking = F.graph({ kind: 'ranking', title: 'Most watched live streams', metric: most, columns });
    const minutes = F.hasMinutes() && F.graph({
      kind: 'curve', title: 'Viewers by the minute', metric: 'minute_viewers', columns: [
        { key: 'minute', title: 'From', value: row => row.at, cell: row => row.long },
        { key: 'viewers', title: 'Viewers', metric: 'minute_viewers', unit: 'count', value: row => row.value },
      ],
    });
    const list = F.table(columns, { caption: 'Live streams', sort: most, searchLabel: 'Search live streams',
      search: row => row.item.title });
    const chooser = F.combo('Show', 'All live streams', () => F.itemsOf(page.type), key => F.goTo({ item: key === null ? null : F.meta.items[key].id }));
    const rankingBox = h('div', null, ranking.element);

    const chosenOf = rows => (item === null ? rows : rows.filter(row => row.key === item));
    const bestOf = chosen => chosen.filter(row => F.isShown(row.peak_viewers))
      .reduce((top, row) => (!top || row.peak_viewers > top.peak_viewers ? row : top), null);
    function tilesOf(rows, days) {
      const chosen = chosenOf(rows);
      const sum = name => F.totalOf(chosen, name);
      const watched = F.content(days, page.type);
      const best = bestOf(chosen);
      const one = item === null ? null : chosen[0];
      return [
        item === null ? { label: 'Streams watched', metric: 'viewers', value: F.countOf(rows) }
          : { label: 'Viewers', metric: 'viewers', value: one ? one.viewers : 0 },
        { label: 'Views', metric: 'views', value: sum('views'), notes: item === null
          ? [{ label: 'Users', metric: 'view_users', value: watched.users }] : [] },
        { label: 'Time watched', metric: 'seconds_viewed', value: sum('seconds'), unit: 'seconds', notes: [
          { label: 'Without repeats', metric: 'seconds_without_repeats', value: sum('seconds_without_repeats'), unit: 'seconds' },
          { label: 'Before the start', metric: 'waiting_seconds', value: sum('waiting_seconds'), unit: 'seconds' },
          { label: 'Live', metric: 'live_seconds', value: sum('live_seconds'), unit: 'seconds' },
          { label: 'On demand', metric: 'on_demand_seconds', value: sum('on_demand_seconds'), unit: 'seconds' }] },
        { label: 'Peak viewers', metric: 'peak_viewers', value: best ? best.peak_viewers : F.totalOf(chosen, 'peak_viewers') },
      ];
    }

    function draw() {
      const chosen = chosenOf(rows);
      const best = bestOf(chosen);
      top.replaceChildren(F.tiles(tilesOf(rows, days), F.beside(then => tilesOf(F.streams(then), then))));
      rankingBox.hidden = item !== null;
      list.update(chosen);
      facts.replaceChildren(F.facts(days, F.basedOn(F.totalOf(chosen, 'views'), 'views')));
      const name = most === 'viewers' ? 'Viewers' : 'Views';
      const legend = [{ name, colour: F.meta.colours.category[0] }];
      return Promise.all([
        ranking.update(() => F.rankingContent(rows, {
          label: row => F.itemTitle(row.item), value: row => row[most], text: row => F.count(row[most]), legend,
          parts: row => [[name, row[most]]],
          tip: row => [['Peak viewers', F.count(row.peak_viewers)], ['Time watched', F.seconds(row.seconds)],
            ['Live', F.count(row.live_viewers)], ['On demand', F.count(row.on_demand_viewers)]],
        })),
        minutes && minutes.update(() => ({ ...curve(best), title: 'Viewers by the minute' + (best ? ': ' + F.itemTitle(best.item) : '') })),
      ]);
    }

    return {
      element: h('div', null, chooser.element, top, facts, rankingBox, minutes ? minutes.element : null, list.element),
      update(next) {
        days = next;
        item = F.itemNumber(page.type);
        chooser.set(item);
        rows = F.streams(days);
        return draw();
      },
    };
  };
})(window.Footfall);
