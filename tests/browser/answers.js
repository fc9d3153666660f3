// The report's own numbers as the metric layer's answers: name -> [rows], columns as there. F = Footfall, d = F.days(…).
async (F, from, to, user) => {
  await F.need('paths', 'users', 'people', 'content');
  const d = F.days(from, to);
  const os = F.meta.os.map(one => one.key);
  const items = F.meta.items;
  const iso = bucket => (bucket.includes('T') ? bucket + ':00:00' : bucket + 'T00:00:00');
  const out = {};
  const numbers = F.insights(d, user);
  out.insights = [numbers];
  const names = { days: 'active_days', weeks: 'active_weeks', months: 'active_months', bands: 'band' };
  const frequency = F.frequency(d, user);
  out.visit_frequency = Object.entries(names).flatMap(([kind, measure]) => (kind === 'bands'
    ? F.bandsOf(d).map(({ key }) => ({ measure, bucket: key, users: frequency.bands.get(key) || 0 }))
    : [...frequency[kind]].map(([key, users]) => ({ measure, bucket: String(key), users }))));
  const time = F.overTime(d, user);
  out.interactions_over_time = time.buckets.flatMap((bucket, place) => os.map((key, code) => ({
    bucket: iso(bucket), os: key, interactions: time.values[code][place] })).filter(row => row.interactions));
  out.by_functionality = F.features(d, user).map(row => ({ ...row, module_kind: row.module === '(unmapped)' ? 'unmapped' : 'named' }));
  const { STEPS, WIDTH, OTHER, EXIT, CONTINUES } = F.pathCodes;
  const kind = place => (place === OTHER ? 'other' : place === EXIT ? 'exit' : place === CONTINUES ? 'continues' : 'item');
  out.path_links_top = [];
  out.path_items = [];
  for (const level of ['module', 'content']) {
    const { links, nodes, steps } = F.paths(d, level, user);
    const keys = F.path_keys[level];
    const name = (step, place) => (kind(place) === 'item' ? keys[steps[step].top[place]][0] : null);
    const kindOf = (step, place) => (kind(place) === 'item' ? keys[steps[step].top[place]][1] : kind(place));
    for (let step = 0; step < STEPS; step++) for (let a = 0; a <= OTHER; a++) {
      const node = step * WIDTH + a;
      if (kind(a) === 'item' && nodes.visits[node]) out.path_items.push({
        level, step: step + 1, item: name(step, a), item_kind: kindOf(step, a), visits: nodes.visits[node], users: nodes.users[node],
        interactions: nodes.interactions[node], seconds_on_item: nodes.ms[node] / 1000 });
      for (let b = 0; b < WIDTH; b++) {
        const key = node * WIDTH + b;
        if (links.visits[key]) out.path_links_top.push({
          level, step: step + 1, source: name(step, a), source_kind: kindOf(step, a), target: name(step + 1, b), target_kind: kindOf(step + 1, b),
          visits: links.visits[key], users: links.users[key], interactions: links.interactions[key],
          seconds_on_source: links.ms[key] / 1000, share_of_visits: links.visits[key] / numbers.visits });
      }
    }
  }
  if (user !== null) return out;
  const totals = F.topUsers(d);
  const ranked = F.rankedUsers(totals);
  const time_of = minutes => {
    if (minutes < 0) return null;
    return F.isoDay(F.dayNumber(F.meta.range.start) - 1 + Math.floor(minutes / 1440)) + 'T' + F.clock(minutes % 1440);
  };
  out.top_users = ranked.map((at, place) => ({
    user_id: F.meta.users.ids[at], rank: place + 1, name: F.meta.users.names[at], company: F.meta.users.companies[at],
    profile_url: F.meta.users.urls[at], visits: totals.visits[at], interactions: totals.interactions[at],
    elapsed_seconds: totals.elapsed[at], engaged_seconds: totals.engaged[at], last_seen_local: time_of(totals.last[at]),
  })).filter(row => row.visits);
  const types = [...new Set(items.map(item => item.type))];
  const content = types.flatMap(type => F.content(d, type).rows);
  const known = item => ({ title: item.title, url: item.url, is_deleted: item.is_deleted || false });
  const key = row => ({ content_type: row.item.type, content_id: row.item.id });
  out.content_items = content.map(row => ({
    ...key(row), ...known(row.item), views: row.views, users: row.users, seconds_viewed: row.seconds,
    average_seconds_viewed: row.average_seconds, known_share: row.known_share, views_ios: row.os[0].views,
    views_android: row.os[1].views, views_web: row.os[2].views, views_other: row.os[3].views + row.os[4].views,
    ...(row.item.type === 'form' ? { opened: row.opened, submitted: row.submitted, submissions: row.submissions,
      completion: row.completion } : { opened: null, submitted: null, submissions: null, completion: null }),
  }));
  out.content_items_by_os = content.flatMap(row => row.os.map((cell, code) => ({
    ...key(row), os: os[code], views: cell.views, seconds_viewed: cell.seconds }))
    .filter(one => one.views));
  const searches = F.searches(d).rows;
  out.searches = searches.map(row => ({ term: row.term, searches: row.searches, users: row.users,
    without_results: row.zero, share_without_results: row.zero_share }));
  out.searches_by_os = searches.flatMap(row => row.os.map((cell, code) => ({ term: row.term, os: os[code],
    searches: cell.searches })).filter(one => one.searches));
  const meetings = F.meetings(d);
  const kinds = F.meetingKinds().map(({ key }, code) => [key, meetings.filter(row => row.kind === code)]);
  out.meetings_summary = [['all', meetings], ...kinds.filter(([, rows]) => rows.length)].map(([kind, rows]) => ({
    kind, ...F.meetingSummary(rows) }));
  out.meetings = meetings.map((row, position) => ({
    position, start_local: F.isoDay(d.base + row.day) + 'T' + F.clock(row.minute), kind: F.meetingKinds()[row.kind].key, status: row.status,
    participants: row.participants, accepted: row.accepted, attended: row.attended, is_held: row.held,
    duration_minutes: row.duration, actual_minutes: row.actual, reschedules: row.reschedules }));
  out.live_streams = F.streams(d).map(row => ({
    content_id: row.item.id, ...known(row.item), views: row.views, viewers: row.viewers, seconds_viewed: row.seconds,
    known_share: row.known_share, seconds_without_repeats: row.seconds_without_repeats, peak_viewers: row.peak_viewers,
    peak_minute_local: row.peak_minute === null ? null : F.wallClock(row.peak_minute).iso, live_viewers: row.live_viewers,
    on_demand_viewers: row.on_demand_viewers, live_seconds: row.live_seconds, on_demand_seconds: row.on_demand_seconds,
    waiting_viewers: row.waiting_viewers, waiting_seconds: row.waiting_seconds }));
  out.live_stream_minutes = F.streams(d).flatMap(row => row.levels.flatMap((level, place) => {
    const end = place + 1 < row.levels.length ? row.levels[place + 1].minute : level.minute;
    return level.viewers ? Array.from({ length: end - level.minute }, (_, k) => ({
      content_id: row.item.id, minute_local: F.wallClock(level.minute + k).iso, viewers: level.viewers })) : [];
  }));
  out.sponsors = F.sponsors(d).map(row => ({ ...row, ...known(row.item), sponsor_id: row.item.id, item: undefined, key: undefined }));
  return out;
}
