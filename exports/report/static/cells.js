// The one reader of the data: distinct people and sums of any range of days. Cells: cells.py.
(function (F) {
  'use strict';
  const inRange = (days, day) => day >= days.first && day <= days.last;
  F.inRange = inRange;
  const NOTHING = { length: 0 };
  F.rowsOf = name => F.tables[name] || NOTHING;

  // Distinct people by key, below size: each is in the cell whose previous day is before the range.
  F.distinct = function (family, days, size = 1) {
    const out = new Float64Array(size);
    const { length, key, day, previous, n } = F.rowsOf('cells_' + family);
    for (let i = 0; i < length; i++) {
      if (day[i] >= days.first && day[i] <= days.last && previous[i] < days.first) out[key[i]] += n[i];
    }
    return out;
  };

  // People by key who did both, from those who did the one, the other, and either.
  F.both = (one, other, either) => one.map((value, key) => value + other[key] - either[key]);

  // Sums of columns by keyOf(row), below size; rows for which keyOf is negative are left out: {column: values}.
  F.sums = function (name, days, columns, keyOf = () => 0, size = 1) {
    const table = F.rowsOf(name);
    const out = Object.fromEntries(columns.map(column => [column, new Float64Array(size)]));
    const pairs = table.length ? columns.map(column => [table[column], out[column]]) : [];
    for (let i = 0; i < table.length; i++) {
      if (!inRange(days, table.day[i])) continue;
      const key = keyOf(i, table);
      if (key >= 0) for (const [values, into] of pairs) into[key] += values[i];
    }
    return out;
  };

  // Quantile with linear interpolation between neighbours, as SQL's quantile_cont. Sorts in place.
  F.quantile = function (values, share) {
    if (!values.length) return null;
    values.sort();
    const place = share * (values.length - 1);
    const low = Math.floor(place);
    const high = Math.ceil(place);
    return values[low] + (values[high] - values[low]) * (place - low);
  };
  F.ratio = (part, whole) => (Number.isNaN(whole) ? NaN : whole ? part / whole : null);
})(window.Footfall);
