// Live streams: viewers, time with and without repeats, peak minute; before the start, live and on demand. Definitions:
// live_streams.sql. What repeats times of an earlier day is in rows of its own, taken off where that day is in the range too.
(function (F) {
  'use strict';
  const signed = value => (value % 2 ? -(value + 1) / 2 : value / 2);

  // How many people watched each stream by the minute: item -> [{minute, viewers}] where the number changes.
  function audiences(days) {
    const { length, item, day, since, minute, change } = F.rowsOf('stream_minutes');
    const changes = new Map();
    for (let i = 0; i < length; i++) {
      if (!F.inRange(days, day[i]) || (since[i] && since[i] < days.first)) continue;
      if (!changes.has(item[i])) changes.set(item[i], new Map());
      const own = changes.get(item[i]);
      const at = minute[i] + day[i] * 1440;
      own.set(at, (own.get(at) || 0) + signed(change[i]));
    }
    return new Map([...changes].map(([key, own]) => {
      let viewers = 0;
      return [key, [...own.keys()].sort((a, b) => a - b).map(at => ({ minute: at, viewers: viewers += own.get(at) }))
        .filter((level, place, all) => place === 0 || level.viewers !== all[place - 1].viewers)];
    }));
  }

  // One row per stream with a view in the range, most viewers first.
  F.streams = function (days) {
    const size = F.meta.items.length;
    const itemOf = (i, { item }) => item[i];
    const time = F.sums('stream_days', days, ['once', 'waiting', 'live', 'demand'], itemOf, size);
    const repeated = F.sums('stream_repeats', days, ['us'], (i, { item, since }) => (since[i] < days.first ? -1 : item[i]), size).us;
    const viewers = F.distinct('viewers', days, size * 4);
    const levels = audiences(days);
    return F.content(days, 'live_stream').rows.map(({ key, item, views, users, known_share, seconds }) => {
      const own = levels.get(key) || [];
      const peak = own.reduce((best, level) => (level.viewers > best.viewers ? level : best), { viewers: 0, minute: null });
      const planned = value => (item.is_scheduled ? value : null);
      return {
        key, item, views, users, viewers: viewers[key * 4], seconds, known_share,
        seconds_without_repeats: (time.once[key] - repeated[key]) / 1e6, peak_viewers: peak.viewers, peak_minute: peak.minute,
        levels: own, waiting_viewers: planned(viewers[key * 4 + 1]), live_viewers: planned(viewers[key * 4 + 2]),
        on_demand_viewers: planned(viewers[key * 4 + 3]), waiting_seconds: planned(time.waiting[key] / 1e6),
        live_seconds: planned(time.live[key] / 1e6), on_demand_seconds: planned(time.demand[key] / 1e6),
      };
    }).sort((a, b) => b.viewers - a.viewers || b.views - a.views || a.key - b.key);
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
