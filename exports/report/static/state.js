// Where the reader is: page, item, date range and the range beside it, kept in the address after # so that back, reload and
// links work.
(function (F) {
  'use strict';

  // item: content id of the chosen item, or null; compare: null, 'previous' (as many days before), or {from, to}.
  F.state = { page: 'insights', argument: null, item: null, from: null, to: null, compare: null };

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

  // 'previous', '2026-06-01_2026-06-03', or nothing.
  function comparison(text) {
    if (F.meta.is_fixed || !text) return null;
    if (text === 'previous') return text;
    const [from, to] = text.split('_').map(clampDay);
    return from && to ? { from: from <= to ? from : to, to: from <= to ? to : from } : null;
  }

  F.readHash = function () {
    const [path, query] = location.hash.replace(/^#/, '').split('?');
    const [page, argument] = path.split('/');
    const wanted = new URLSearchParams(query || '');
    const { opens } = F.meta;
    const [from, to] = F.limited(wanted.get('from') || F.state.from || opens.start, wanted.get('to') || F.state.to || opens.end);
    const known = page === 'user' || F.meta.pages.some(entry => entry.key === page);
    const first = F.meta.pages[0];
    const shared = { from, to, item: known ? wanted.get('item') : null, compare: comparison(wanted.get('compare')) };
    F.state = known ? { page, argument: argument || null, ...shared }
      : { page: first.key, argument: first.argument ?? null, ...shared };
  };

  F.hash = function (page, argument, item = null) {
    const { from, to, compare } = F.state;
    const query = new URLSearchParams({ from, to });
    if (compare) query.set('compare', compare === 'previous' ? compare : compare.from + '_' + compare.to);
    if (item !== null) query.set('item', item);
    return '#' + page + (argument === null || argument === undefined ? '' : '/' + argument) + '?' + query;
  };

  // The address of this page with changes to the state, as a step of its own for Back.
  F.goTo = function (changes) {
    Object.assign(F.state, changes);
    location.hash = F.hash(F.state.page, F.state.argument, F.state.item);
  };

  // The range as day codes of the data: 1 is the first day of the report; no day before it has data. offset: days of the
  // range before the first of them.
  F.days = function (from = F.state.from, to = F.state.to) {
    const base = F.dayNumber(F.meta.range.start) - 1;
    const first = F.dayNumber(from) - base;
    return { from, to, first: Math.max(1, first), last: F.dayNumber(to) - base, base, offset: Math.max(0, 1 - first) };
  };

  // The dates of the range to compare with, or null.
  F.compared = function () {
    const { from, to, compare } = F.state;
    if (compare !== 'previous') return compare;
    const length = F.dayNumber(to) - F.dayNumber(from) + 1;
    return { from: F.isoDay(F.dayNumber(from) - length), to: F.isoDay(F.dayNumber(from) - 1) };
  };

  // make(days) for the range to compare with; undefined without one, or where none of its days is in the data.
  F.beside = function (make) {
    const range = F.compared();
    if (!range) return undefined;
    const days = F.days(range.from, range.to);
    return days.last < 1 || range.from > F.meta.range.end ? undefined : make(days);
  };
})(window.Footfall);
