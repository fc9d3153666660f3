// Numbers of a whole workspace: insights, interactions over time, features, frequency, meetings, sponsors.
// Definitions: docs/definitions.md.
(function (F) {
  'use strict';
  const { ratio, distinct, sums } = F;
  F.OS = 5;

  // The numbers of visits that depend on sums only; durations come in milliseconds, and go out in seconds.
  F.averages = function ({ user_visits, active_users, interactions, elapsed, engaged, single }, quantile) {
    const seconds = value => (value === null ? null : value / 1000);
    return {
      average_elapsed_seconds: seconds(ratio(elapsed, user_visits)), average_engaged_seconds: seconds(ratio(engaged, user_visits)),
      median_elapsed_seconds: seconds(quantile(0.5)), p90_elapsed_seconds: seconds(quantile(0.9)),
      single_event_share: ratio(single, user_visits), visits_per_user: ratio(user_visits, active_users),
      interactions_per_visit: ratio(interactions, user_visits),
    };
  };

  // Calls each(days, visits, interactions) for every user with an active day in the range: numbers of his active days, and sums.
  function eachHistory(days, each) {
    const { length, day, first, visits, interactions } = F.rowsOf('histories');
    let active = [], ownVisits = 0, ownInteractions = 0;
    const close = () => {
      if (active.length) each(active, ownVisits, ownInteractions);
      active = [];
      ownVisits = ownInteractions = 0;
    };
    for (let i = 0; i < length; i++) {
      if (first[i]) close();
      if (!F.inRange(days, day[i])) continue;
      active.push(days.base + day[i]);
      ownVisits += visits[i];
      ownInteractions += interactions[i];
    }
    close();
  }

  function durations(days) {
    const { length, day, ms } = F.rowsOf('durations');
    if (!length) return new Float64Array(0);
    const from = day.findIndex(one => one >= days.first);
    const end = day.findIndex(one => one > days.last);
    return from < 0 ? new Float64Array(0) : Float64Array.from(ms.subarray(from, end < 0 ? length : end));
  }

  // One number each for the range; durations in seconds.
  F.insights = function (days) {
    const [active_users, guests] = distinct('active', days, 2);
    const total = sums('days', days, ['visits', 'user_visits', 'interactions', 'elapsed', 'engaged', 'single']);
    const one = Object.fromEntries(Object.entries(total).map(([name, [value]]) => [name, value]));
    let ratios = 0;
    eachHistory(days, (active, visits, interactions) => { ratios += interactions / visits; });
    const lengths = durations(days);
    return {
      active_users, guests, visits: one.visits, user_visits: one.user_visits,
      ...F.averages({ ...one, active_users }, share => F.quantile(lengths, share)),
      interactions_per_visit_mean_of_users: ratio(ratios, active_users),
      interactions: sums('module_days', days, ['n']).n[0],
    };
  };

  F.isHourly = days => days.last - days.first < 3;

  // Empty columns over time: {buckets: [iso day or iso day + 'T' + hour], values: [os][bucket], hourly}.
  F.timeline = function (days, hourly) {
    const buckets = [];
    for (let day = days.first; day <= days.last; day++) {
      const iso = F.isoDay(days.base + day);
      for (let hour = 0; hour < (hourly ? 24 : 1); hour++) buckets.push(hourly ? iso + 'T' + String(hour).padStart(2, '0') : iso);
    }
    return {
      buckets, values: Array.from({ length: F.OS }, () => new Float64Array(buckets.length)), hourly, offset: days.offset,
    };
  };

  F.overTime = function (days) {
    const line = F.timeline(days, F.isHourly(days));
    const { length, day, hour, os, n } = F.rowsOf('hours');
    for (let i = 0; i < length; i++) {
      if (!F.inRange(days, day[i])) continue;
      const place = day[i] - days.first;
      line.values[os[i]][line.hourly ? place * 24 + hour[i] : place] += n[i];
    }
    return line;
  };

  // Modules that were used, the most interactions first.
  F.featureRows = rows => rows.filter(row => row.interactions > 0 || row.engaged_seconds > 0)
    .sort((a, b) => b.interactions - a.interactions || a.code - b.code);

  // Per module: interactions, users, visits, engaged seconds, reach. Engaged seconds also count heartbeats.
  F.features = function (days) {
    const size = F.meta.modules.length;
    const { n, views, engaged } = sums('module_days', days, ['n', 'views', 'engaged'], (i, { module }) => module[i], size);
    const users = distinct('modules', days, size);
    const visits = distinct('module_visits', days, size);
    const [active] = distinct('active', days, 2);
    const reached = F.both(users, users.map(() => active), distinct('module_or_active', days, size));
    return F.featureRows(F.meta.modules.map((module, code) => ({
      code, module, interactions: n[code], users: users[code], visits: visits[code], views: views[code],
      engaged_seconds: engaged[code] / 1000, reach: ratio(reached[code], active),
    })));
  };

  const isoWeek = number => Math.floor((number + 3) / 7); // 1970-01-01 was a Thursday
  const months = new Map();
  const month = number => {
    if (!months.has(number)) months.set(number, F.isoDay(number).slice(0, 7));
    return months.get(number);
  };

  // Bands of the median gap between active days: more days than `over`, and up to `up_to`. A range with fewer days between
  // its ends than the least gap cannot contain the band.
  F.bandsOf = days => F.meta.bands.filter(band => band.least_gap <= days.last - days.first);
  function band(active) {
    const gaps = Float64Array.from(active.slice(1), (one, place) => one - active[place]);
    const median = F.quantile(gaps, 0.5);
    return F.meta.bands.find(({ over, up_to }) => (median === null || over === null ? over === median
      : median > over && median <= (up_to ?? Infinity))).key;
  }

  // How many different values neighbours have, from the first on: there are a hundred thousand histories, and no set is needed.
  function changes(active, of) {
    let count = 0;
    let last;
    for (const one of active) {
      const value = of(one);
      if (value !== last) count++;
      last = value;
    }
    return count;
  }

  // Users by number of distinct active days, ISO weeks and months, and by band.
  F.frequency = function (days) {
    const counts = { days: new Map(), weeks: new Map(), months: new Map(), bands: new Map() };
    const add = (kind, key) => counts[kind].set(key, (counts[kind].get(key) || 0) + 1);
    eachHistory(days, active => {
      add('days', active.length);
      add('weeks', changes(active, isoWeek));
      add('months', changes(active, month));
      add('bands', band(active));
    });
    return counts;
  };

  // Kinds and statuses by their number; 0 is unknown.
  const UNKNOWN = { key: 'unknown', title: 'Unknown' };
  F.meetingKinds = () => [UNKNOWN, ...F.meta.meeting_kinds];
  F.meetingStatuses = () => [UNKNOWN, ...F.meta.meeting_statuses];

  // Meetings of the range; unknown numbers are null.
  F.meetings = function (days) {
    const table = F.rowsOf('meetings');
    const statuses = F.meetingStatuses();
    const known = value => (value ? value - 1 : null);
    const minutes = value => (value ? (value - 1) / 1000 : null);
    return Array.from({ length: table.length }, (_, i) => i).filter(i => F.inRange(days, table.day[i])).map(i => ({
      number: i, day: table.day[i], minute: table.minute[i], kind: table.kind[i], status: statuses[table.status[i]].key,
      held: table.held[i] === 1, participants: table.participants[i], accepted: table.accepted[i],
      attended: known(table.attended[i]), duration: minutes(table.duration[i]), actual: minutes(table.actual[i]),
      reschedules: table.reschedules[i],
    }));
  };

  // The summary of some meetings; averages run over held ones.
  F.meetingSummary = function (rows) {
    const held = rows.filter(row => row.held);
    const mean = name => {
      const values = held.map(row => row[name]).filter(value => value !== null);
      return [ratio(F.sum(values), values.length), values.length];
    };
    const [attended, withAttendance] = mean('attended');
    const [actual, withActual] = mean('actual');
    const of = status => rows.filter(row => row.status === status).length;
    return {
      ...Object.fromEntries(F.meta.meeting_statuses.map(({ key }) => [key, of(key)])),
      meetings: rows.length, held: held.length, meetings_with_attendance: withAttendance,
      average_attended: attended, average_accepted: mean('accepted')[0], average_duration_minutes: mean('duration')[0],
      meetings_with_actual: withActual, average_actual_minutes: actual,
      rescheduled_meetings: rows.filter(row => row.reschedules > 0).length,
      reschedules: F.sum(rows.map(row => row.reschedules)),
    };
  };

  const ACTIONS = 5; // profile view, document opening, link click, booth visit, meeting: sql/relations/14__report_contacts.sql

  // One row per sponsor with any contact; users and meetings are counted once.
  F.sponsors = function (days) {
    const size = F.meta.items.length;
    const times = sums('contact_days', days, ['n'], (i, { contact }) => contact[i], size * ACTIONS).n;
    const users = distinct('sponsor_actions', days, size * ACTIONS);
    const people = distinct('sponsors', days, size);
    const met = sums('sponsor_meetings', days, ['n', 'held'], (i, { item }) => item[i], size);
    return F.meta.items.map((item, key) => ({ item, key, at: key * ACTIONS }))
      .filter(({ at }) => times.subarray(at, at + ACTIONS).some(value => value > 0))
      .map(({ item, key, at }) => ({
        key, item, people: people[key], profile_views: times[at], profile_users: users[at],
        document_openings: times[at + 1], document_users: users[at + 1], link_clicks: times[at + 2], link_users: users[at + 2],
        booth_visits: times[at + 3], booth_users: users[at + 3], meetings: met.n[key], meetings_held: met.held[key],
        meeting_users: users[at + 4],
      })).sort((a, b) => b.people - a.people || b.profile_views - a.profile_views || a.key - b.key);
  };
})(window.Footfall);
