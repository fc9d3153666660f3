// Parts several pages share: tiles, rows for graphs, the same graphs with other data.
(function (F) {
  'use strict';
  const { h } = F;

  F.pages = {};

  const fewer = () => 'fewer than ' + F.meta.least + ' people';
  F.fewer = fewer;
  F.tooFew = () => fewer() + ', or they could be calculated from other numbers';

  // The change from one number to another in per cent of the first. From 0 there is no per cent: it is new, or still nothing.
  F.change = function (now, before) {
    if ([now, before].some(value => value === null || value === undefined || Number.isNaN(value))) return F.NONE;
    if (now === before) return 'no change';
    if (before === 0) return 'new';
    const percent = (now - before) / Math.abs(before) * 100;
    const text = Math.abs(percent) < 0.1 ? '< 0.1' : F.decimal(Math.abs(percent), 1);
    return (percent < 0 ? '\u2212' : '+') + text + ' %';
  };

  // [{label, metric, value, unit, notes: [{label, metric, value, unit}]}] as a list of tiles; numbers that do not exist are left
  // out. before: the same tiles of the range to compare with.
  F.tiles = function (tiles, before) {
    const olds = new Map((before || []).map(tile => [tile.label, tile]));
    const compare = (one, old) => (!old || old.value === undefined ? null : h('span.change', null, F.change(one.value, old.value),
      h('span.muted', null, ' from ' + F.byUnit[one.unit || 'count'](old.value))));
    const noteOf = (tile, label) => ((olds.get(tile.label) || {}).notes || []).find(note => note.label === label);
    const exists = one => one.value !== undefined;
    const show = (one, why) => (Number.isNaN(one.value)
      ? h('span.not-shown', null, F.defined(F.NOT_SHOWN, 'not_shown'), why) : F.byUnit[one.unit || 'count'](one.value));
    return h('dl.tiles', null, tiles.filter(exists).map(tile => h('div.tile', null,
      h('dt', null, F.defined(tile.label, tile.metric)),
      h('dd', null, h('span.big', null, show(tile, ' (' + fewer() + ')')), compare(tile, olds.get(tile.label)),
        (tile.notes || []).filter(exists).map(note => h('div.note', null, F.defined(note.label, note.metric), ' ',
          h('span', null, h('b', null, show(note, null)), compare(note, noteOf(tile, note.label)))))))));
  };

  // Number of rows, if each row is one item.
  F.countOf = rows => (rows.some(row => row.other) || (F.meta.is_fixed && !rows.length) ? undefined : rows.length);
  // The sum of a column; not shown without rows in an anonymized workspace, where rows of few people are left out.
  F.totalOf = function (rows, name) {
    const values = rows.map(row => row[name]);
    if (!F.meta.is_fixed) return sum(values.map(value => value ?? 0));
    if (!values.length) return NaN;
    return values.every(value => value === undefined) ? undefined : sum(values.map(value => value ?? 0));
  };
  // Largest first; what is not shown comes last.
  F.descending = value => (a, b) => rank(value(b)) - rank(value(a));
  const rank = value => (Number.isNaN(value) ? -1 : value);

  // Columns of the operating systems that occur in the report at all.
  F.osColumns = (make, seen = F.meta.os_seen) => F.meta.os.map((os, code) => (seen[code] ? { ...make(os, code), isSystem: true } : null)).filter(Boolean);

  // Operating systems that have a value, for legends: [{name, colour}].
  F.osLegend = has => F.meta.os.filter((_, place) => has(place)).map(os => ({ name: os.title, colour: os.colour }));
  // Parts of ranked bars by operating system, or whole bars where numbers by system are not shown.
  F.osParts = function (rows, name, value, cell) {
    if (!rows.every(row => row.os.every(one => F.isShown(cell(one))))) {
      return { legend: [{ name, colour: F.meta.colours.category[0] }], parts: row => [[name, value(row)]] };
    }
    return {
      legend: F.osLegend(code => rows.some(row => cell(row.os[code]) > 0)),
      parts: row => F.meta.os.map((os, code) => [os.title, cell(row.os[code])]),
    };
  };
  const seriesSignals = legend => ({
    series: legend.map(entry => entry.name), colours: legend.map(entry => entry.colour),
  });
  F.seriesSignals = seriesSignals;

  const sum = values => values.reduce((all, one) => all + one, 0);
  F.sum = sum;

  // Up to so many days every day has a column; of a longer range only days with data.
  const MOST_DAYS = 400;
  F.isLong = days => days.last - days.first >= MOST_DAYS;

  // Short and full name; every step hours one has a label, midnights always.
  function bucketNames(bucket, step, isLong) {
    const [day, hour] = bucket.split('T');
    if (hour === undefined) return [isLong ? F.longDay(day) : F.shortDay(day), F.fullDay(day)];
    const clock = hour + ':00';
    return [hour === '00' ? F.shortDay(day) : hour % step ? '' : clock, F.fullDay(day) + ', ' + clock + '–' + hour + ':59'];
  }

  // Columns over time by os, from {buckets, values, hourly}, or of all systems, from {buckets, total, folded, hourly}.
  // before: the same of the range to compare with, drawn as marks over the columns, day by day from the first.
  F.timeContent = function (data, unit, before) {
    const series = data.values ? F.meta.os.map((os, code) => ({ name: os.title, colour: os.colour, values: data.values[code] }))
      : [{ name: unit, colour: F.meta.colours.category[0], values: data.total }];
    const legend = series.filter(one => one.values.some(value => value > 0)).map(({ name, colour }) => ({ name, colour }));
    const labels = {};
    const table = [];
    const rows = [];
    const isLong = data.buckets.length > MOST_DAYS;
    data.buckets.forEach((bucket, place) => {
      if (isLong && !series.some(({ values }) => values[place] > 0)) return;
      const [short, long] = bucketNames(bucket, data.buckets.length > 24 ? 6 : 3, isLong);
      labels[bucket] = short;
      const row = { bucket, long, total: 0, os: data.values ? data.values.map(values => values[place]) : [] };
      for (const { name, values } of series) {
        row.total += values[place];
        if (legend.some(entry => entry.name === name)) {
          table.push({ bucket, long, series: name, value: values[place] || 0 });
        }
      }
      if (Number.isNaN(row.total)) labels[bucket] += '*';
      rows.push(row);
    });
    const marks = besideRows(data, before);
    rows.forEach(row => { row.before = marks.get(row.bucket) || null; });
    const known = rows.filter(row => !Number.isNaN(row.total));
    const total = sum(known.map(row => row.total)) + (data.folded || 0);
    const top = rows.reduce((best, row) => (row.total > (best ? best.total : 0) ? row : best), null);
    return {
      data: { table: total || marks.size ? table : [], before: rows.filter(row => row.before).map(row => ({
        bucket: row.bucket, value: row.before.total, long: row.before.long, now: row.total })) },
      legend, rows, signals: { labels, unit, axis_title: '', ...seriesSignals(legend) },
      compared: marks.size > 0,
      summary: top ? F.count(total) + ' in all; most: ' + F.count(top.total) + ' on ' + top.long + '.' : F.nothing(),
      note: [
        ...(known.length && known.length < rows.length ? ['* Not shown on its own: ' + fewer()
          + (data.folded > 0 ? '. These together: ' + F.count(data.folded) + ' ' + unit.toLowerCase() + '.' : '.')] : []),
        ...(data.values ? [] : ['Not split by operating system, because the workspace is anonymized.']),
      ].join(' '),
    };
  };

  // Of each column of a graph over time, the one at the same place of the other range: {long, total}.
  function besideRows(data, before) {
    const out = new Map();
    if (!before) return out;
    const per = before.hourly ? 24 : 1;
    data.buckets.forEach((bucket, place) => {
      const at = data.hourly && !before.hourly ? -1 : !data.hourly && before.hourly ? place * 24 : place;
      const from = at - before.offset * per;
      if (at < 0 || from < 0 || from >= before.buckets.length) return;
      const width = !data.hourly && before.hourly ? 24 : 1;
      const total = sum(before.values.map(values => sum([...values.subarray(from, from + width)])));
      out.set(bucket, { total, long: bucketNames(before.buckets[from].slice(0, width > 1 ? 10 : 13), 1, false)[1] });
    });
    return out;
  }

  F.timeColumns = metric => [
    { key: 'when', title: 'When', value: row => row.bucket, cell: row => row.long },
    { key: 'total', title: 'All', metric, unit: 'count', value: row => row.total },
    { key: 'then', title: 'Compared with', isCompared: true, value: row => row.before && row.before.long },
    { key: 'before', title: 'All, compared', isCompared: true, unit: 'count', value: row => row.before && row.before.total },
    { key: 'change', title: 'Change', isCompared: true, value: row => row.before && F.change(row.total, row.before.total) },
    ...F.osColumns((os, code) => ({ key: os.key, title: os.title, unit: 'count', value: row => row.os[code] })),
  ];

  // The lines of a tooltip that have a value.
  const known = pairs => (F.meta.is_fixed ? pairs.filter(([, text]) => text !== F.NONE && text !== F.NOT_SHOWN) : pairs);
  F.knownPairs = known;

  // Ranked bars from rows already in order; value(row), parts(row) -> [[series, value]…].
  F.rankingContent = function (rows, { label, value, text, parts, tip, legend }) {
    const positive = rows.filter(row => value(row) > 0);
    const top = [...positive.filter(row => !row.other), ...positive.filter(row => row.other)].slice(0, F.meta.ranking_rows);
    const left = rows.filter(row => Number.isNaN(value(row))).length;
    return {
      data: {
        rows: top.map((row, place) => ({ key: place, label: F.oneLine(label(row)), text: text(row), tip: known(tip(row)) })),
        parts: top.flatMap((row, place) => parts(row).filter(([, part]) => part > 0)
          .map(([series, part]) => ({ key: place, series, value: part }))),
      },
      legend, rows, signals: seriesSignals(legend),
      summary: top.length ? 'Most: ' + label(top[0]) + ', ' + text(top[0]) + '.' : F.nothing(),
      note: left ? F.count(left) + (left > 1 ? ' are' : ' is') + ' not drawn: ' + F.tooFew() + '.' : '',
    };
  };

  F.nothing = () => (F.meta.is_fixed ? 'No data, or ' + fewer() : 'No data in this range');

  // The sentence under a page's numbers: the data behind them.
  F.facts = function (days, extra) {
    const meta = F.meta;
    const parts = [
      ...(meta.data_as_of ? ['Data as of ' + F.longDay(meta.data_as_of)] : []), 'time zone ' + meta.workspace.timezone,
      ...(extra || []), ...(meta.facts || []),
    ];
    return h('p.facts', null, parts.join(' · '));
  };
  const readable = path => { try { return decodeURIComponent(path); } catch (error) { return path; } };
  // The button for the workbook. A page cannot look for a file; the workbook is there if this file is still in the folder
  // in which it was made. A copy of the report alone names the folder instead of a link that leads nowhere.
  F.workbookLink = function ({ file, folder, start, end }) {
    const place = readable(location.pathname).normalize();
    const isBeside = folder !== null && place.endsWith(('/' + folder + '/report.html').normalize());
    const text = h('span');
    const name = 'Export interaction stats';
    return {
      element: h('p.no-print.workbook', null, isBeside ? h('a.action', { href: file, download: true }, name)
        : h('button.action', { type: 'button', disabled: true }, name), ' ', text),
      update(days) {
        const isPart = days.from !== start || days.to !== end;
        text.textContent = 'All numbers of ' + F.rangeText(start, end) + ' as an Excel workbook'
          + (isPart ? ', not only those of the dates shown here.' : '.')
          + (isBeside ? '' : ' The workbook ' + file + ' is not next to this copy of the report; it is in the folder '
            + (folder ? folder + ', ' : '') + 'where the report was made.');
      },
    };
  };
  // Why some of the numbers are not shown, if any is not.
  F.notShown = numbers => (Object.values(numbers).some(Number.isNaN) ? ['“' + F.NOT_SHOWN + '”: ' + F.tooFew()] : []);
  F.basedOn = (value, what) => (!F.isShown(value) ? [] : ['based on ' + F.count(value) + ' ' + what]);
})(window.Footfall);
