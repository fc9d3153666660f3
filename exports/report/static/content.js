// Content items and searches: views, distinct users and seconds by item and os.
(function (F) {
  'use strict';
  const { ratio, distinct, sums } = F;

  const systems = (at, names, values) => Array.from({ length: F.OS }, (_, os) => Object.fromEntries(
    names.map(name => [name, values[name][at * F.OS + os]])));

  // Opened, submitted, submissions and completion of each form, by item.
  function forms(days) {
    const size = F.meta.items.length;
    const [opened, submitted, either] = ['form_opened', 'form_submitted', 'form_either'].map(name => distinct(name, days, size));
    const completed = F.both(opened, submitted, either);
    const { n } = sums('submissions', days, ['n'], (i, { item }) => item[i], size);
    return key => ({
      opened: opened[key], submitted: submitted[key], submissions: n[key], completion: ratio(completed[key], opened[key]),
    });
  }

  // Items of one type with views, users, known, seconds, and the same by os; and the type's own totals.
  F.content = function (days, type) {
    const { items } = F.meta;
    const by = sums('item_days', days, ['n', 'known', 'ms'], (i, { item, os }) => item[i] * F.OS + os[i], items.length * F.OS);
    const users = distinct('items', days, items.length);
    const form = type === 'form' ? forms(days) : () => ({});
    const rows = [];
    items.forEach((item, key) => {
      if (item.type !== type) return;
      const os = systems(key, ['n', 'ms'], by).map(cell => ({ views: cell.n, seconds: cell.ms / 1000 }));
      const views = F.sum(os.map(cell => cell.views));
      const more = form(key);
      if (!views && !more.submitted) return;
      const known = F.sum(systems(key, ['known'], by).map(cell => cell.known));
      const seconds = F.sum(systems(key, ['ms'], by).map(cell => cell.ms)) / 1000;
      rows.push({
        key, item, views, users: users[key], known, known_share: ratio(known, views), seconds,
        average_seconds: ratio(seconds, known), os, ...more,
      });
    });
    rows.sort((a, b) => b.views - a.views || b.users - a.users || a.key - b.key);
    const sum = field => F.sum(rows.map(row => row[field]));
    const first = items.findIndex(item => item.type === type);
    return {
      rows, users: first < 0 ? 0 : distinct('types', days, items.length)[first], views: sum('views'), known: sum('known'),
      seconds: sum('seconds'), known_share: ratio(sum('known'), sum('views')), average_seconds: ratio(sum('seconds'), sum('known')),
    };
  };

  // Views of one item by day (or of all items of a type) and os.
  F.viewsOverTime = function (days, accepts) {
    const line = F.timeline(days, false);
    const { length, day, item, os, n } = F.rowsOf('item_days');
    for (let i = 0; i < length; i++) {
      if (F.inRange(days, day[i]) && accepts(item[i])) line.values[os[i]][day[i] - days.first] += n[i];
    }
    return line;
  };

  F.searches = function (days) {
    const { terms } = F.meta;
    const by = sums('term_days', days, ['n', 'known', 'zero'], (i, { term, os }) => term[i] * F.OS + os[i], terms.length * F.OS);
    const users = distinct('terms', days, terms.length);
    const rows = terms.map((term, key) => {
      const os = systems(key, ['n', 'known', 'zero'], by);
      const [searches, known, zero] = ['n', 'known', 'zero'].map(name => F.sum(os.map(cell => cell[name])));
      return { key, term, searches, users: users[key], known, zero, zero_share: ratio(zero, known),
        os: os.map(cell => ({ searches: cell.n })) };
    }).filter(row => row.searches).sort((a, b) => b.searches - a.searches || b.users - a.users || a.key - b.key);
    const sum = field => F.sum(rows.map(row => row[field]));
    return { rows, searches: sum('searches'), users: distinct('searchers', days)[0], zero_share: ratio(sum('zero'), sum('known')) };
  };
})(window.Footfall);
