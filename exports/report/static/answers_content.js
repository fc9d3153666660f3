// Content items, searches: views, distinct users and seconds by item and os, any range.
(function (F) {
  'use strict';
  const OS = 5;

  // Totals per key over rows sorted by actor; keys are numbers below size. Users are distinct; guests are not users.
  function tally(table, keys, size, days, accepts) {
    const { actor, day, os, n } = table;
    const users = F.meta.counts.users;
    const make = length => ({ n: new Float64Array(length), users: new Float64Array(length) });
    const byKey = make(size);
    const byOs = make(size * OS);
    const lastOfKey = new Int32Array(size).fill(-1);
    const lastOfOs = new Int32Array(size * OS).fill(-1);
    let everyone = 0;
    let lastOfAll = -1;
    for (let i = 0; i < n.length; i++) {
      const key = keys[i];
      if (day[i] < days.first || day[i] > days.last || !accepts(key)) continue;
      const cell = key * OS + os[i];
      byKey.n[key] += n[i];
      byOs.n[cell] += n[i];
      const who = actor[i];
      if (who >= users) continue;
      if (lastOfKey[key] !== who) { lastOfKey[key] = who; byKey.users[key]++; }
      if (lastOfOs[cell] !== who) { lastOfOs[cell] = who; byOs.users[cell]++; }
      if (lastOfAll !== who) { lastOfAll = who; everyone++; }
    }
    return { byKey, byOs, everyone };
  }

  const inRange = (days, day) => day >= days.first && day <= days.last;

  // Opened, submitted and completion of each form, also of forms that were submitted but not opened in the range.
  function addForms(rows, forms) {
    const known = new Map(rows.map(row => [row.key, row]));
    forms.forEach((form, key) => {
      if (!form) return;
      if (!known.has(key)) {
        const os = Array.from({ length: OS }, () => ({ views: 0, users: 0, seconds: 0 }));
        rows.push({ key, item: F.meta.items[key], views: 0, users: 0, known: 0, known_share: null, seconds: 0,
          average_seconds: null, os, ...form });
      } else Object.assign(known.get(key), form);
    });
  }

  // Items of one type with views, users, known, seconds, and the same by os; and the type's own totals.
  F.content = function (days, type) {
    const items = F.meta.items;
    const accepts = key => items[key].type === type;
    const counts = tally(F.tables.views, F.tables.views.item, items.length, days, accepts);
    const known = new Float64Array(items.length);
    const ms = new Float64Array(items.length * OS);
    const seconds = F.tables.view_seconds;
    for (let i = 0; i < seconds.length; i++) {
      if (!inRange(days, seconds.day[i])) continue;
      known[seconds.item[i]] += seconds.known[i];
      ms[seconds.item[i] * OS + seconds.os[i]] += seconds.ms[i];
    }
    const rows = [];
    items.forEach((item, key) => {
      const views = counts.byKey.n[key];
      if (item.type !== type || !views) return;
      const cells = Array.from({ length: OS }, (_, os) => key * OS + os);
      const total = cells.reduce((sum, cell) => sum + ms[cell], 0) / 1000;
      rows.push({
        key, item, views, users: counts.byKey.users[key], known: known[key], known_share: F.ratio(known[key], views),
        seconds: total, average_seconds: F.ratio(total, known[key]),
        os: cells.map(cell => ({
          views: counts.byOs.n[cell], users: counts.byOs.users[cell], seconds: ms[cell] / 1000,
        })),
      });
    });
    if (type === 'form') addForms(rows, F.forms(days));
    rows.sort((a, b) => b.views - a.views || b.users - a.users || a.key - b.key);
    const sum = field => rows.reduce((all, row) => all + row[field], 0);
    return {
      rows, users: counts.everyone, views: sum('views'), known: sum('known'), seconds: sum('seconds'),
      known_share: F.ratio(sum('known'), sum('views')), average_seconds: F.ratio(sum('seconds'), sum('known')),
    };
  };

  // Views of one item by day (or of all items of a type) and os.
  F.viewsOverTime = function (days, accepts) {
    const buckets = [];
    for (let day = days.first; day <= days.last; day++) buckets.push(F.isoDay(days.base + day));
    const values = Array.from({ length: OS }, () => new Float64Array(buckets.length));
    const { day, item, os, n } = F.tables.views;
    for (let i = 0; i < n.length; i++) {
      if (inRange(days, day[i]) && accepts(item[i])) values[os[i]][day[i] - days.first] += n[i];
    }
    return { buckets, values, hourly: false };
  };

  F.searches = function (days) {
    const table = F.tables.searches;
    const terms = F.meta.terms;
    const counts = tally(table, table.term, terms.length, days, () => true);
    const known = new Float64Array(terms.length);
    const zero = new Float64Array(terms.length);
    for (let i = 0; i < table.length; i++) {
      if (!inRange(days, table.day[i])) continue;
      known[table.term[i]] += table.known[i];
      zero[table.term[i]] += table.zero[i];
    }
    const rows = [];
    terms.forEach((term, key) => {
      const searches = counts.byKey.n[key];
      if (!searches) return;
      rows.push({
        key, term, searches, users: counts.byKey.users[key], known: known[key], zero: zero[key],
        zero_share: F.ratio(zero[key], known[key]),
        os: Array.from({ length: OS }, (_, os) => ({ searches: counts.byOs.n[key * OS + os] })),
      });
    });
    rows.sort((a, b) => b.searches - a.searches || b.users - a.users || a.key - b.key);
    const sum = field => rows.reduce((all, row) => all + row[field], 0);
    return { rows, searches: sum('searches'), users: counts.everyone, zero_share: F.ratio(sum('zero'), sum('known')) };
  };
})(window.Footfall);
