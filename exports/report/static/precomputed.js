// Workspaces with protected people: precomputed answers of the metric layer in place of numbers computed in the browser
// (precomputed.py). NaN is a number that is not shown, so sums with it are not shown either; undefined is a number that
// these answers do not have; null, as everywhere, means that no value exists.
(function (F) {
  'use strict';
  const OTHER = '(other)';
  const minutesOf = iso => Date.parse(iso + 'Z') / 60000;
  const isKnown = value => value !== null && value !== undefined;

  // The rows of an answer, from its columns; a column without any number is undefined.
  const made = new Map();
  F.answer = function (name) {
    if (!made.has(name)) {
      const columns = Object.entries(F.meta['answer_' + name]).map(([key, values]) => [key, values,
        name !== 'insights' && !values.some(isKnown)]);
      const row = at => Object.fromEntries(columns.map(([key, values, isEmpty]) => [key, isEmpty ? undefined : values[at]]));
      made.set(name, columns[0][1].map((_, at) => row(at)));
    }
    return made.get(name);
  };

  // A number, or NaN where it is not shown.
  const shown = value => (value === null ? NaN : value);
  // A ratio without a value is null if its denominator is 0, else not shown.
  const ratio = (value, behind) => (value !== null ? value : behind === 0 ? null : NaN);
  const divided = (part, whole) => (part === undefined || whole === undefined ? undefined : F.ratio(part, whole));
  const numbers = (row, names) => Object.fromEntries(names.map(name => [name, shown(row[name])]));

  function insights() {
    const [row] = F.answer('insights');
    const out = numbers(row, ['active_users', 'guests', 'visits', 'user_visits', 'interactions']);
    for (const name of Object.keys(row)) if (!(name in out)) out[name] = ratio(row[name], row.user_visits);
    // If days are not split by operating system, the systems of all days together are shown.
    out.systems = F.answer('interactions_over_time').every(({ os }) => !F.meta.os.some(one => one.key === os))
      ? F.answer('interactions_by_os').map(({ os, interactions }) => [os, shown(interactions)]) : [];
    return out;
  }

  // Rows without a day are several days combined; rows without an operating system are about all systems.
  function overTime(days) {
    const rows = F.answer('interactions_over_time');
    const dated = rows.filter(row => row.bucket && row.bucket !== OTHER);
    const hourly = rows.some(row => row.granularity === 'hour');
    const bySystem = dated.some(row => F.meta.os.some(os => os.key === row.os));
    const folded = rows.filter(row => !row.bucket || row.bucket === OTHER);
    const buckets = [];
    // Of a long range only the part from the first to the last day with a number.
    const dayNumbers = dated.map(row => F.dayNumber(row.bucket.slice(0, 10)) - days.base);
    const isLong = dayNumbers.length && days.last - days.first > 366;
    const [first, last] = isLong ? [Math.min(...dayNumbers), Math.max(...dayNumbers)] : [days.first, days.last];
    for (let day = first; day <= last; day++) {
      const iso = F.isoDay(days.base + day);
      for (let hour = 0; hour < (hourly ? 24 : 1); hour++) buckets.push(hourly ? iso + 'T' + String(hour).padStart(2, '0') : iso);
    }
    const place = new Map(buckets.map((bucket, at) => [bucket, at]));
    const series = bySystem ? F.meta.os.map(os => os.key) : [null];
    const values = series.map(() => new Float64Array(buckets.length).fill(folded.length || !rows.length ? NaN : 0));
    for (const row of dated) {
      const code = bySystem ? series.indexOf(row.os) : 0;
      const at = place.get(row.bucket.slice(0, hourly ? 13 : 10));
      if (code >= 0 && at !== undefined) values[code][at] = shown(row.interactions);
    }
    const all = folded.filter(row => !F.meta.os.some(os => os.key === row.os));
    const parts = bySystem ? { values, total: null } : { values: null, total: values[0] };
    return { buckets, ...parts, hourly, folded: F.totalOf(all, 'interactions') };
  }

  const features = () => F.answer('by_functionality').map(row => ({
    module: row.module, other: row.module === OTHER, reach: ratio(row.reach, F.answer('insights')[0].active_users),
    ...numbers(row, ['interactions', 'views', 'users', 'visits', 'engaged_seconds']),
  }));

  function frequency() {
    const names = { active_days: 'days', active_weeks: 'weeks', active_months: 'months', band: 'bands' };
    const counts = { days: new Map(), weeks: new Map(), months: new Map(), bands: new Map() };
    for (const { measure, bucket, users } of F.answer('visit_frequency')) {
      const key = measure === 'band' || bucket === OTHER ? bucket : Number(bucket);
      counts[names[measure]].set(key, shown(users));
    }
    return counts;
  }

  // Cells by operating system for each key; undefined if the answer has no numbers by system.
  function bySystem(name, key, fields) {
    const rows = F.answer(name);
    const cells = new Map(rows.map(row => [row[key] + ' ' + row.os, row]));
    return one => F.meta.os.map(os => {
      const row = cells.get(one + ' ' + os.key);
      return Object.fromEntries(fields.map(field => [field, row ? shown(row[field]) : rows.length ? 0 : undefined]));
    });
  }

  function content(days, type) {
    const systems = bySystem('content_items_by_os', 'item', ['views', 'users', 'seconds_viewed']);
    const rows = F.answer('content_items').filter(row => F.meta.items[row.item].type === type).map(row => {
      const behind = row.views === 0 || row.known_share === 0 ? 0 : null;
      const form = { ...numbers(row, ['opened', 'submitted', 'submissions']), completion: ratio(row.completion, row.opened) };
      return {
        key: row.item, item: F.meta.items[row.item], other: F.meta.items[row.item].id === OTHER,
        ...numbers(row, ['views', 'users']), seconds: shown(row.seconds_viewed), known_share: ratio(row.known_share, row.views),
        average_seconds: ratio(row.average_seconds_viewed, behind),
        known: row.known_share === undefined ? undefined : row.views && Math.round(shown(row.known_share) * row.views),
        os: systems(row.item).map(cell => ({ views: cell.views, users: cell.users, seconds: cell.seconds_viewed })),
        ...(type === 'form' ? form : {}),
      };
    });
    const [views, known, seconds] = ['views', 'known', 'seconds'].map(name => F.totalOf(rows, name));
    return { rows, users: undefined, views, known, seconds, known_share: divided(known, views), average_seconds: divided(seconds, known) };
  }

  function searches() {
    const systems = bySystem('searches_by_os', 'term', ['searches']);
    const rows = F.answer('searches').map((row, key) => ({
      key, term: row.term, other: row.term === OTHER, ...numbers(row, ['searches', 'users']), zero: shown(row.without_results),
      zero_share: ratio(row.share_without_results, row.without_results), os: systems(row.term),
    }));
    return { rows, searches: F.totalOf(rows, 'searches'), users: undefined, zero_share: undefined };
  }

  function meetings(days) {
    return F.answer('meetings').map((row, number) => ({
      number, day: F.dayNumber(row.local_date) - days.base, kind: F.meetingKinds().findIndex(({ key }) => key === row.kind),
      minute: Number(row.start_local.slice(11, 13)) * 60 + Number(row.start_local.slice(14, 16)), status: row.status,
      held: row.is_held, participants: row.participants, accepted: row.accepted, attended: row.attended,
      duration: row.duration_minutes, actual: row.actual_minutes, reschedules: row.reschedules,
    }));
  }

  F.hasMinutes = () => !F.meta.answer_live_stream_minutes || F.answer('live_stream_minutes').length > 0;

  // [{minute, viewers}] where the number changes, as the curve takes them; nobody watches in a minute without a row.
  function levels(item) {
    const out = [];
    for (const row of F.answer('live_stream_minutes').filter(one => one.item === item)) {
      const minute = minutesOf(row.minute_at) - F.dayNumber(F.meta.origin) * 1440;
      if (out.length && out[out.length - 1].minute === minute) out.pop();
      out.push({ minute, viewers: shown(row.viewers) }, { minute: minute + 1, viewers: 0 });
    }
    return out.filter((level, at) => at === 0 || level.viewers !== out[at - 1].viewers);
  }

  function streams() {
    const users = new Map(F.answer('content_items').map(row => [row.item, shown(row.users)]));
    return F.answer('live_streams').map(row => {
      const scheduled = row.starts_at && row.ends_at && row.starts_at < row.ends_at;
      const live = ['waiting_viewers', 'live_viewers', 'on_demand_viewers', 'waiting_seconds', 'live_seconds',
        'on_demand_seconds'];
      return {
        key: row.item, item: F.meta.items[row.item], other: F.meta.items[row.item].id === OTHER,
        ...numbers(row, ['views', 'viewers', 'seconds_without_repeats', 'peak_viewers']), seconds: shown(row.seconds_viewed),
        known_share: ratio(row.known_share, row.views), levels: levels(row.item), users: users.get(row.item),
        peak_minute: isKnown(row.peak_minute_at) ? minutesOf(row.peak_minute_at) - F.dayNumber(F.meta.origin) * 1440
          : row.peak_minute_at,
        ...Object.fromEntries(live.map(name => [name, scheduled || row[name] === undefined ? shown(row[name]) : null])),
      };
    });
  }

  const sponsors = () => F.answer('sponsors').map(({ item, ...row }) => ({
    key: item, item: F.meta.items[item], other: F.meta.items[item].id === OTHER, ...numbers(row, Object.keys(row)),
  }));

  // From now on, numbers of the workspace come from the precomputed answers; numbers of one person are computed as before.
  F.usePrecomputed = function () {
    if (!F.meta.answer_insights) return; // a report about one person
    Object.assign(F.meta.module_titles, F.meta.answer_modules);
    const aboutOne = (computed, precomputed) => (days, user = null) => (user === null ? precomputed(days) : computed(days, user));
    for (const [name, precomputed] of Object.entries({ insights, overTime, features, frequency })) F[name] = aboutOne(F[name], precomputed);
    const { paths } = F;
    F.paths = (days, level, user = null) => (user === null ? F.precomputedPaths(level) : paths(days, level, user));
    Object.assign(F, { content, searches, meetings, streams, sponsors, viewsOverTime: null });
  };
})(window.Footfall);
