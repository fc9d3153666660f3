// Live streams: viewers, time with and without repeats, peak minute; before the start, live and on demand. Definitions: live_streams.sql.
(function (F) {
  'use strict';
  const MINUTE = 60000000; // in microseconds, as the times are

  // Views of the range by stream: {actor, from, to, seconds (null: unknown)}, in order of actor and time.
  function watching(days, only) {
    const { actor, day, item, opened, ms, unit } = F.tables.streams;
    const scale = unit && unit.length ? unit[0] : 1;
    const byItem = new Map();
    for (let i = 0; i < day.length; i++) {
      if (day[i] < days.first || day[i] > days.last || (only !== null && item[i] !== only)) continue;
      const seconds = ms[i] ? (ms[i] - 1) / 1000 : null;
      const from = opened[i] * scale;
      const to = from + (ms[i] ? (ms[i] - 1) * 1000 : 0);
      if (!byItem.has(item[i])) byItem.set(item[i], []);
      byItem.get(item[i]).push({ actor: actor[i], from, to, seconds });
    }
    return byItem;
  }

  // How many people watched in each minute: [{minute, viewers}] where the number changes; each person once per minute.
  function audience(views) {
    const changes = new Map();
    const change = (minute, by) => changes.set(minute, (changes.get(minute) || 0) + by);
    let actor = -1;
    let covered = -1;
    for (const view of views) {
      if (view.actor !== actor) { actor = view.actor; covered = -Infinity; }
      const first = Math.max(Math.floor(view.from / MINUTE), covered + 1);
      const last = Math.floor((view.to > view.from ? view.to - 1 : view.from) / MINUTE);
      if (last >= first) { change(first, 1); change(last + 1, -1); }
      covered = Math.max(covered, last);
    }
    let viewers = 0;
    return [...changes.keys()].sort((a, b) => a - b).map(minute => ({ minute, viewers: viewers += changes.get(minute) }))
      .filter((level, place, all) => place === 0 || level.viewers !== all[place - 1].viewers);
  }

  function timed(views, schedule) {
    const phases = ['waiting', 'live', 'demand'];
    const time = { waiting: 0, live: 0, demand: 0 };
    const people = { waiting: 0, live: 0, demand: 0 };
    let repeatless = 0, actor = -1, covered = 0, viewers = 0, counted = new Set();
    for (const view of views) {
      if (view.actor !== actor) {
        actor = view.actor;
        covered = -Infinity;
        counted = new Set();
        viewers++;
      }
      if (view.to > covered) repeatless += view.to - Math.max(covered, view.from);
      covered = Math.max(covered, view.to);
      if (!schedule) continue;
      // the part of the view in each phase; a view of unknown length is a moment
      const limits = [-Infinity, schedule.starts, schedule.ends, Infinity];
      phases.forEach((phase, place) => {
        const first = Math.max(view.from, limits[place]);
        const last = Math.min(view.to, limits[place + 1]);
        if (last < first || (last === first && (view.from < limits[place] || view.from >= limits[place + 1]))) return;
        time[phase] += (last - first) / 1e6;
        if (!counted.has(phase)) { counted.add(phase); people[phase]++; }
      });
    }
    return { repeatless: repeatless / 1e6, time, people, viewers };
  }

  // One row per stream with a view in the range, most viewers first; only: one item's number, or null for all.
  F.streams = function (days, only = null) {
    const rows = [];
    for (const [key, views] of watching(days, only)) {
      const item = F.meta.items[key];
      const schedule = item.starts !== undefined && item.starts < item.ends ? item : null;
      const seconds = views.reduce((sum, view) => sum + (view.seconds || 0), 0);
      const known = views.filter(view => view.seconds !== null).length;
      const levels = audience(views);
      const peak = levels.reduce((best, level) => (level.viewers > best.viewers ? level : best), { viewers: 0, minute: null });
      const time = timed(views, schedule);
      rows.push({
        key, item, views: views.length, viewers: time.viewers, seconds, known_share: F.ratio(known, views.length),
        seconds_without_repeats: time.repeatless, peak_viewers: peak.viewers, peak_minute: peak.minute, levels,
        waiting_viewers: schedule ? time.people.waiting : null, live_viewers: schedule ? time.people.live : null,
        on_demand_viewers: schedule ? time.people.demand : null, waiting_seconds: schedule ? time.time.waiting : null,
        live_seconds: schedule ? time.time.live : null, on_demand_seconds: schedule ? time.time.demand : null,
      });
    }
    return rows.sort((a, b) => b.viewers - a.viewers || b.views - a.views || a.key - b.key);
  };

  // A UTC minute of the data as {at: milliseconds of the workspace's local time, text, iso}; offsets come with the data.
  F.wallClock = function (minute) {
    const { offsets } = F.meta.workspace;
    let place = offsets.length - 1;
    while (place > 0 && offsets[place][0] > minute) place--;
    const at = (F.dayNumber(F.meta.origin) * 1440 + minute) * 60000 + offsets[place][1] * 1000;
    const [day, clock] = new Date(at).toISOString().split('T');
    return { at, text: F.longDay(day) + ', ' + clock.slice(0, 5), iso: day + 'T' + clock.slice(0, 8) };
  };
})(window.Footfall);
