// Parts several pages share: tiles, rows for graphs, the same graphs with other data.
(function (F) {
  'use strict';
  const { h } = F;

  F.pages = {};

  // [{label, metric, value, unit, notes: [{label, metric, value, unit}]}] as a list of tiles.
  F.tiles = function (tiles) {
    const show = one => F.byUnit[one.unit || 'count'](one.value);
    return h('dl.tiles', null, tiles.map(tile => h('div.tile', null,
      h('dt', null, F.defined(tile.label, tile.metric)),
      h('dd', null, h('span.big', null, show(tile)), (tile.notes || []).map(note => h('div.note', null,
        F.defined(note.label, note.metric), ' ', h('b', null, show(note))))))));
  };

  // Columns of the operating systems that occur in the report at all.
  F.osColumns = make => F.meta.os.map((os, code) => (F.meta.os_seen[code] ? make(os, code) : null)).filter(Boolean);

  // Operating systems that have a value, for legends: [{name, colour}].
  F.osLegend = has => F.meta.os.filter((_, place) => has(place)).map(os => ({ name: os.title, colour: os.colour }));
  const seriesSignals = legend => ({
    series: legend.map(entry => entry.name), colours: legend.map(entry => entry.colour),
  });
  F.seriesSignals = seriesSignals;

  const sum = values => values.reduce((all, one) => all + one, 0);
  F.sum = sum;

  // Short and full name; every step hours one is named, so that midnights always are.
  function bucketNames(bucket, step) {
    const [day, hour] = bucket.split('T');
    if (hour === undefined) return [F.shortDay(day), F.fullDay(day)];
    const clock = hour + ':00';
    return [hour === '00' ? F.shortDay(day) : hour % step ? '' : clock, F.fullDay(day) + ', ' + clock + '–' + hour + ':59'];
  }

  // Columns over time by os, from {buckets, values, hourly}.
  F.timeContent = function (data, unit) {
    const legend = F.osLegend(os => sum(data.values[os]) > 0);
    const labels = {};
    const table = [];
    const rows = [];
    data.buckets.forEach((bucket, place) => {
      const [short, long] = bucketNames(bucket, data.buckets.length > 24 ? 6 : 3);
      labels[bucket] = short;
      const row = { bucket, long, total: 0, os: data.values.map(values => values[place]) };
      F.meta.os.forEach((os, code) => {
        row.total += row.os[code];
        if (legend.some(entry => entry.name === os.title)) {
          table.push({ bucket, long, series: os.title, value: row.os[code] });
        }
      });
      rows.push(row);
    });
    const total = sum(rows.map(row => row.total));
    const top = rows.reduce((best, row) => (row.total > (best ? best.total : 0) ? row : best), null);
    return {
      data: { table: total ? table : [] }, legend, rows,
      signals: { labels, unit, axis_title: '', ...seriesSignals(legend) },
      summary: top ? F.count(total) + ' in all; most: ' + F.count(top.total) + ' on ' + top.long + '.' : 'No data in this range.',
    };
  };

  F.timeColumns = metric => [
    { key: 'when', title: 'When', value: row => row.bucket, cell: row => row.long },
    { key: 'total', title: 'All', metric, unit: 'count', value: row => row.total },
    ...F.osColumns((os, code) => ({ key: os.key, title: os.title, unit: 'count', value: row => row.os[code] })),
  ];

  // Ranked bars from rows already in order; value(row), parts(row) -> [[series, value]…].
  F.rankingContent = function (rows, { label, value, text, parts, tip, legend }) {
    const top = rows.filter(row => value(row) > 0).slice(0, F.meta.ranking_rows);
    return {
      data: {
        rows: top.map((row, place) => ({ key: place, label: F.oneLine(label(row)), text: text(row), tip: tip(row) })),
        parts: top.flatMap((row, place) => parts(row).filter(([, part]) => part > 0)
          .map(([series, part]) => ({ key: place, series, value: part }))),
      },
      legend, rows, signals: seriesSignals(legend),
      summary: top.length ? 'Most: ' + label(top[0]) + ', ' + text(top[0]) + '.' : 'No data in this range.',
    };
  };

  // One printable line: control characters and bidirectional overrides are no part of a label.
  F.oneLine = function (text) {
    const line = String(text === null || text === undefined ? '' : text)
      .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim();
    return line.length > 200 ? line.slice(0, 199) + '…' : line;
  };

  // The sentence under a page's numbers: what they rest on.
  F.facts = function (days, extra) {
    const meta = F.meta;
    const parts = [
      ...(meta.data_as_of ? ['Data as of ' + F.longDay(meta.data_as_of)] : []), 'time zone ' + meta.workspace.timezone,
      ...(extra || []), ...(meta.facts || []),
    ];
    return h('p.facts', null, parts.join(' · '));
  };
})(window.Footfall);
