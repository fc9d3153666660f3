// Numbers, durations and dates as text: the same in every locale and time zone.
(function (F) {
  'use strict';
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const DAY_MS = 86400000;
  const NONE = '–';
  const NOT_SHOWN = 'not shown';

  const missing = value => value === null || value === undefined || Number.isNaN(value);
  // No number, or a number that is not shown (precomputed.js).
  const absent = value => (Number.isNaN(value) ? NOT_SHOWN : NONE);
  const grouped = text => text.replace(/\B(?=(\d{3})+(?!\d))/g, ',');

  F.isShown = value => value !== undefined && !Number.isNaN(value);
  F.NONE = NONE;
  F.NOT_SHOWN = NOT_SHOWN;
  F.count = value => (missing(value) ? absent(value) : grouped(String(Math.round(value))));

  F.decimal = function (value, digits = 1) {
    if (missing(value)) return absent(value);
    const [whole, part] = value.toFixed(digits).split('.');
    return grouped(whole) + (part ? '.' + part : '');
  };

  F.share = function (value) {
    if (missing(value)) return absent(value);
    if (value > 0 && value < 0.001) return '< 0.1 %';
    return F.decimal(value * 100, value === 0 || value === 1 ? 0 : 1) + ' %';
  };

  // 7 s, 20 min, 3 min 05 s, 2 h 04 min, 3 d 02 h
  F.seconds = function (value) {
    if (missing(value)) return absent(value);
    if (value > 0 && value < 10) return F.decimal(value, 1) + ' s';
    const s = Math.round(value);
    const two = n => String(n).padStart(2, '0');
    if (s < 60) return s + ' s';
    if (s < 3600) return Math.floor(s / 60) + ' min' + (s % 60 ? ' ' + two(s % 60) + ' s' : '');
    if (s < 172800) return Math.floor(s / 3600) + ' h ' + two(Math.floor((s % 3600) / 60)) + ' min';
    return grouped(String(Math.floor(s / 86400))) + ' d ' + two(Math.floor((s % 86400) / 3600)) + ' h';
  };
  F.minutes = value => (missing(value) ? absent(value) : F.seconds(value * 60));
  F.text = value => (missing(value) || value === '' ? NONE : String(value));

  // Order of texts as in SQL: by code point.
  F.byCodePoint = function (a, b) {
    const [left, right] = [[...a], [...b]];
    const at = left.findIndex((char, place) => char !== right[place]);
    return at < 0 ? left.length - right.length : at >= right.length ? 1 : left[at].codePointAt() - right[at].codePointAt();
  };

  F.byUnit = {
    count: F.count, number: value => F.decimal(value, 2), seconds: F.seconds, minutes: F.minutes, share: F.share,
    text: F.text,
  };

  // Dates are handled as ISO text and as whole days since 1970, never as local time.
  F.dayNumber = iso => Math.round(Date.parse(iso + 'T00:00:00Z') / DAY_MS);
  F.isoDay = number => new Date(number * DAY_MS).toISOString().slice(0, 10);
  F.shortDay = function (iso) {
    const [, month, day] = iso.split('-').map(Number);
    return day + ' ' + MONTHS[month - 1];
  };
  F.longDay = iso => F.shortDay(iso) + ' ' + Number(iso.split('-')[0]);
  F.fullDay = iso => WEEKDAYS[new Date(iso + 'T00:00:00Z').getUTCDay()] + ', ' + F.longDay(iso);
  F.rangeText = (from, to) => (from === to ? F.longDay(from) : F.longDay(from) + ' – ' + F.longDay(to));
  F.clock = minute => String(Math.floor(minute / 60)).padStart(2, '0') + ':' + String(minute % 60).padStart(2, '0');
})(window.Footfall);
