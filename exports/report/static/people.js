// Single people: Top users, and the numbers of one user from the rows of his visits, in the shape of those of everyone.
(function (F) {
  'use strict';
  const { ratio } = F;

  // Rows of one person or visit in a table that is sorted by it: [first, end).
  function rowsOf(values, wanted) {
    const bound = value => {
      let low = 0;
      let high = values ? values.length : 0;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (values[middle] < value) low = middle + 1; else high = middle;
      }
      return low;
    };
    return [bound(wanted), bound(wanted + 1)];
  }

  // Typed arrays over all users: what Top users sorts.
  F.topUsers = function (days) {
    const size = F.meta.counts.named;
    const systems = F.meta.os.map(({ key }) => key);
    const by = F.sums('user_days', days, ['visits', 'engaged', 'idle', ...systems], (i, { person }) => person[i], size);
    const last = new Float64Array(size).fill(-1);
    const { length, person, day, minute } = F.rowsOf('user_days');
    for (let i = 0; i < length; i++) { // a person's days are in order
      if (minute[i] && F.inRange(days, day[i])) last[person[i]] = day[i] * 1440 + minute[i] - 1;
    }
    const os = systems.map(name => by[name]);
    return {
      visits: by.visits, elapsed: by.engaged.map((value, at) => (value + by.idle[at]) / 1000),
      engaged: by.engaged.map(value => value / 1000), last, os,
      interactions: by.visits.map((_, at) => F.sum(os.map(values => values[at]))),
    };
  };

  // Calls each(row, day) for the usage of one user in the range.
  function eachUsage(days, user, each) {
    const { day } = F.rowsOf('own_visits');
    const { visit, shift } = F.rowsOf('own_usage');
    const [first, end] = rowsOf(F.rowsOf('own_visits').person, user);
    const [from] = rowsOf(visit, first);
    const [to] = rowsOf(visit, end);
    for (let row = from; row < to; row++) {
      const at = day[visit[row]] + shift[row];
      if (F.inRange(days, at)) each(row, at);
    }
  }

  function insights(days, user) {
    const { person, day, interactions, single, engaged, idle } = F.rowsOf('own_visits');
    const [from, end] = rowsOf(person, user);
    const lengths = [];
    const one = { user_visits: 0, interactions: 0, elapsed: 0, engaged: 0, single: 0 };
    for (let i = from; i < end; i++) {
      if (!F.inRange(days, day[i])) continue;
      lengths.push(engaged[i] + idle[i]);
      one.user_visits++;
      one.interactions += interactions[i];
      one.engaged += engaged[i];
      one.single += single[i];
    }
    one.elapsed = F.sum(lengths);
    let total = 0;
    const { n } = F.rowsOf('own_usage');
    eachUsage(days, user, row => { total += n[row]; });
    const sorted = Float64Array.from(lengths);
    return { visits: one.user_visits, ...F.averages({ ...one, active_users: 1 }, share => F.quantile(sorted, share)), interactions: total };
  }

  function overTime(days, user) {
    const line = F.timeline(days, false);
    const { os, n } = F.rowsOf('own_usage');
    eachUsage(days, user, (row, day) => { line.values[os[row]][day - days.first] += n[row]; });
    return line;
  }

  function features(days, user) {
    const rows = F.meta.modules.map((module, code) => ({ code, module, interactions: 0, visits: new Set(), engaged_seconds: 0 }));
    const { visit, module, n, engaged } = F.rowsOf('own_usage');
    eachUsage(days, user, row => {
      const one = rows[module[row]];
      one.engaged_seconds += engaged[row] / 1000;
      one.interactions += n[row];
      if (n[row]) one.visits.add(visit[row]);
    });
    return F.featureRows(rows.map(row => ({ ...row, visits: row.visits.size })));
  }

  function paths(days, level, user) {
    const { visit, item, continues, interactions, ms } = F.rowsOf('own_paths_' + level);
    const { day } = F.rowsOf('own_visits');
    const [first, end] = rowsOf(F.rowsOf('own_visits').person, user);
    const [from] = rowsOf(visit, first);
    const [to] = rowsOf(visit, end);
    const flows = [];
    for (let row = from, step = 1; row < to; row++) {
      step = row > from && visit[row] === visit[row - 1] ? step + 1 : 1;
      if (!F.inRange(days, day[visit[row]])) continue;
      const isLast = row + 1 === to || visit[row + 1] !== visit[row];
      flows.push({ step, source: item[row] + 3, target: !isLast ? item[row + 1] + 3 : continues[row] ? 2 : 1, visits: 1,
        interactions: interactions[row], ms: ms[row], users: null });
    }
    return F.fold(flows, level, (_, known) => known, () => null);
  }

  // user = null: everyone, as before.
  const aboutOne = { insights, overTime, features };
  for (const [name, one] of Object.entries(aboutOne)) {
    const all = F[name];
    F[name] = (days, user = null) => (user === null ? all(days) : one(days, user));
  }
  const all = F.paths;
  F.paths = (days, level, user = null) => (user === null ? all(days, level) : paths(days, level, user));
})(window.Footfall);
