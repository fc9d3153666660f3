// Interactions by time, os and module, and everybody's totals: by the events' own local date.
(function (F) {
  'use strict';
  const OS = 5;

  // Calls visit(row, day) for the usage rows of the range, of one user or of everyone.
  function eachUsage(days, user, visit) {
    const usage = F.tables.usage;
    const { shift } = usage;
    const visitDay = F.tables.visits.day;
    const actor = F.tables.visits.actor;
    let from = 0;
    let end = usage.length;
    if (user !== null) {
      const [first, last] = F.actorRows(actor, user);
      [from] = F.actorRows(usage.visit, first);
      [end] = F.actorRows(usage.visit, last);
    }
    const visits = usage.visit;
    for (let row = from; row < end; row++) {
      const day = visitDay[visits[row]] + shift[row];
      if (day >= days.first && day <= days.last) visit(row, day);
    }
  }

  F.totalInteractions = function (days, user = null) {
    let total = 0;
    if (user === null) {
      const { day, n } = F.tables.module_days;
      for (let i = 0; i < n.length; i++) if (day[i] >= days.first && day[i] <= days.last) total += n[i];
    } else {
      const { n } = F.tables.usage;
      eachUsage(days, user, row => { total += n[row]; });
    }
    return total;
  };

  F.isHourly = days => days.last - days.first < 3;

  // {buckets: [iso day or iso day + 'T' + hour], values: [os][bucket]}; one person's by the day only.
  F.overTime = function (days, user = null) {
    const hourly = F.isHourly(days) && user === null;
    const per = hourly ? 24 : 1;
    const buckets = [];
    for (let day = days.first; day <= days.last; day++) {
      const iso = F.isoDay(days.base + day);
      for (let hour = 0; hour < per; hour++) buckets.push(hourly ? iso + 'T' + String(hour).padStart(2, '0') : iso);
    }
    const values = Array.from({ length: OS }, () => new Float64Array(buckets.length));
    if (user === null) {
      const { day, hour, os, n } = F.tables.hours;
      for (let i = 0; i < n.length; i++) {
        if (day[i] < days.first || day[i] > days.last) continue;
        values[os[i]][(day[i] - days.first) * per + (hourly ? hour[i] : 0)] += n[i];
      }
    } else {
      const { os, n } = F.tables.usage;
      eachUsage(days, user, (row, day) => { values[os[row]][day - days.first] += n[row]; });
    }
    return { buckets, values, hourly };
  };

  // Who has a visit that starts in the range: 1 by user, and how many.
  function activeUsers(days, user) {
    const { actor, day } = F.tables.visits;
    const active = new Uint8Array(F.meta.counts.users);
    let count = 0;
    const [from, end] = F.actorRows(actor, user);
    for (let i = from; i < end && actor[i] < active.length; i++) {
      if (day[i] >= days.first && day[i] <= days.last && !active[actor[i]]) { active[actor[i]] = 1; count++; }
    }
    return { active, count };
  }

  // Per module: interactions, users, visits, engaged seconds, reach. Engaged seconds also count heartbeats.
  F.features = function (days, user = null) {
    const size = F.meta.modules.length;
    const zeros = () => new Float64Array(size);
    const [interactions, users, visits, views, engaged] = [zeros(), zeros(), zeros(), zeros(), zeros()];
    const reached = zeros();
    const { active, count } = activeUsers(days, user);
    const lastActor = new Int32Array(size).fill(-1);
    const lastVisit = new Float64Array(size).fill(-1);
    const { visit, module, n } = F.tables.usage;
    const { actor } = F.tables.visits;
    const own = user === null ? null : F.tables.usage.engaged;
    eachUsage(days, user, row => {
      const code = module[row];
      if (own && row < own.length) engaged[code] += own[row];
      if (!n[row]) return;
      interactions[code] += n[row];
      const who = actor[visit[row]];
      if (lastActor[code] !== who && who < F.meta.counts.users) { users[code]++; reached[code] += active[who]; }
      lastActor[code] = who;
      if (lastVisit[code] !== visit[row]) { lastVisit[code] = visit[row]; visits[code]++; }
    });
    if (user === null) {
      const table = F.tables.module_days;
      for (let i = 0; i < table.length; i++) {
        if (table.day[i] < days.first || table.day[i] > days.last) continue;
        views[table.module[i]] += table.views[i];
        engaged[table.module[i]] += table.engaged[i];
      }
    }
    return F.meta.modules.map((name, code) => ({
      code, module: name, interactions: interactions[code], users: users[code], visits: visits[code],
      ...(user === null ? { views: views[code] } : {}), // not available for one person
      engaged_seconds: engaged[code] / 1000, reach: F.ratio(reached[code], count),
    })).filter(row => row.interactions > 0 || row.engaged_seconds > 0)
      .sort((a, b) => b.interactions - a.interactions || a.code - b.code);
  };

  // Typed arrays over all users: what Top users sorts.
  F.topUsers = function (days) {
    const users = F.meta.counts.users;
    const zeros = () => new Float64Array(users);
    const out = {
      visits: zeros(), interactions: zeros(), elapsed: zeros(), engaged: zeros(), last: new Float64Array(users).fill(-1),
      os: Array.from({ length: OS }, zeros),
    };
    const { actor, day, engaged, idle } = F.tables.visits;
    for (let i = 0; i < actor.length && actor[i] < users; i++) {
      if (day[i] < days.first || day[i] > days.last) continue;
      out.visits[actor[i]]++;
      out.elapsed[actor[i]] += (engaged[i] + idle[i]) / 1000;
      out.engaged[actor[i]] += engaged[i] / 1000;
    }
    const { visit, os, n } = F.tables.usage;
    eachUsage(days, null, row => {
      const who = actor[visit[row]];
      if (who >= users) return;
      out.interactions[who] += n[row];
      out.os[os[row]][who] += n[row];
    });
    const seen = F.tables.last_seen;
    for (let i = 0; i < seen.length; i++) {
      if (seen.actor[i] < users && seen.day[i] >= days.first && seen.day[i] <= days.last) {
        out.last[seen.actor[i]] = Math.max(out.last[seen.actor[i]], seen.day[i] * 1440 + seen.minute[i]);
      }
    }
    return out;
  };
})(window.Footfall);
