// Where the reader is: page and date range, kept in the address after # so that back, reload and links work.
(function (F) {
  'use strict';

  F.state = { page: 'insights', argument: null, from: null, to: null };

  const clampDay = iso => (/^\d{4}-\d\d-\d\d$/.test(iso || '') && !Number.isNaN(Date.parse(iso)) ? iso : null);

  // Inside the data, in order; what cannot be read is the limit on its side.
  F.limited = function (from, to) {
    const { start, end } = F.meta.range;
    if (F.meta.is_fixed) return [start, end];
    const inside = (iso, fallback) => (iso === null ? fallback : iso < start ? start : iso > end ? end : iso);
    const first = inside(clampDay(from), start);
    const last = inside(clampDay(to), end);
    return first <= last ? [first, last] : [last, first];
  };

  F.readHash = function () {
    const [path, query] = location.hash.replace(/^#/, '').split('?');
    const [page, argument] = path.split('/');
    const wanted = new URLSearchParams(query || '');
    const [from, to] = F.limited(wanted.get('from') || F.state.from, wanted.get('to') || F.state.to);
    const known = page === 'user' || F.meta.pages.some(entry => entry.key === page);
    const first = F.meta.pages[0];
    F.state = known ? { page, argument: argument || null, from, to } : { page: first.key, argument: first.argument ?? null, from, to };
  };

  F.hash = function (page, argument, from = F.state.from, to = F.state.to) {
    const tail = argument === null || argument === undefined ? '' : '/' + argument;
    return '#' + page + tail + '?from=' + from + '&to=' + to;
  };

  // The range as day codes of the data: 1 is the first day of the report, 0 a day before it.
  F.days = function (from = F.state.from, to = F.state.to) {
    const base = F.dayNumber(F.meta.range.start) - 1;
    return { from, to, first: F.dayNumber(from) - base, last: F.dayNumber(to) - base, base };
  };
})(window.Footfall);
