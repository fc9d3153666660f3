// Insights and frequency: from visits, which are sorted by actor and day. Definitions: docs/definitions.md, Insights.
(function (F) {
  'use strict';
  const isUser = actor => actor < F.meta.counts.users;

  // Rows of an actor in a table sorted by actor: [first, end).
  F.actorRows = function (actors, actor) {
    const bound = value => {
      let low = 0;
      let high = actors.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (actors[middle] < value) low = middle + 1; else high = middle;
      }
      return low;
    };
    return actor === null ? [0, actors.length] : [bound(actor), bound(actor + 1)];
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
  const ratio = (part, whole) => (Number.isNaN(whole) ? NaN : whole ? part / whole : null);
  F.ratio = ratio;

  // One number each for the range; durations in seconds. user = null: the whole workspace.
  F.insights = function (days, user = null) {
    const { actor, day, interactions, single, engaged, idle } = F.tables.visits;
    const [from, end] = F.actorRows(actor, user);
    const lengths = new Float64Array(end - from);
    const out = { active_users: 0, guests: 0, visits: 0, user_visits: 0, visit_interactions: 0 };
    let singles = 0, elapsedSum = 0, engagedSum = 0, ratios = 0;
    let current = -1, ownVisits = 0, ownInteractions = 0;
    const close = () => {
      if (ownVisits) ratios += ownInteractions / ownVisits;
      ownVisits = ownInteractions = 0;
    };
    for (let i = from; i < end; i++) {
      if (day[i] < days.first || day[i] > days.last) continue;
      out.visits++;
      const isNew = actor[i] !== current;
      if (isNew) { close(); current = actor[i]; }
      if (!isUser(current)) { if (isNew) out.guests++; continue; }
      if (isNew) out.active_users++;
      const elapsed = engaged[i] + idle[i];
      lengths[out.user_visits++] = elapsed;
      elapsedSum += elapsed;
      engagedSum += engaged[i];
      singles += single[i];
      out.visit_interactions += interactions[i];
      ownVisits++;
      ownInteractions += interactions[i];
    }
    close();
    const sorted = lengths.subarray(0, out.user_visits);
    const seconds = value => (value === null ? null : value / 1000);
    return {
      ...out,
      average_elapsed_seconds: seconds(ratio(elapsedSum, out.user_visits)),
      average_engaged_seconds: seconds(ratio(engagedSum, out.user_visits)),
      median_elapsed_seconds: seconds(F.quantile(sorted, 0.5)),
      p90_elapsed_seconds: seconds(F.quantile(sorted, 0.9)),
      single_event_share: ratio(singles, out.user_visits),
      visits_per_user: ratio(out.user_visits, out.active_users),
      interactions_per_visit: ratio(out.visit_interactions, out.user_visits),
      interactions_per_visit_mean_of_users: ratio(ratios, out.active_users),
      interactions: F.totalInteractions(days, user),
    };
  };

  const isoWeek = number => Math.floor((number + 3) / 7); // 1970-01-01 was a Thursday
  const months = new Map();
  const month = number => {
    if (!months.has(number)) months.set(number, F.isoDay(number).slice(0, 7));
    return months.get(number);
  };

  function band(gaps) {
    if (!gaps.length) return 'once';
    const median = F.quantile(Float64Array.from(gaps), 0.5);
    return median <= 3 ? 'daily' : median <= 14 ? 'weekly' : median <= 45 ? 'monthly' : 'rarer';
  }

  // Bands by the least gap that puts someone into one: a range with fewer days between its ends cannot contain it.
  F.bands = [['once', 0], ['daily', 1], ['weekly', 4], ['monthly', 15], ['rarer', 46]];
  F.bandFits = (key, days) => new Map(F.bands).get(key) <= days.last - days.first;

  // Users by number of distinct active days, ISO weeks and months, and by band of the median gap between active days.
  F.frequency = function (days, user = null) {
    const { actor, day } = F.tables.visits;
    const [from, end] = F.actorRows(actor, user);
    const counts = { days: new Map(), weeks: new Map(), months: new Map(), bands: new Map() };
    const add = (kind, key) => counts[kind].set(key, (counts[kind].get(key) || 0) + 1);
    let active = [];
    const close = () => {
      if (!active.length) return;
      add('days', active.length);
      add('weeks', new Set(active.map(isoWeek)).size);
      add('months', new Set(active.map(month)).size);
      add('bands', band(active.slice(1).map((one, place) => one - active[place])));
      active = [];
    };
    for (let i = from; i < end; i++) {
      if (i > from && actor[i] !== actor[i - 1]) close();
      if (!isUser(actor[i])) break;
      if (day[i] < days.first || day[i] > days.last) continue;
      const number = days.base + day[i];
      if (active[active.length - 1] !== number) active.push(number);
    }
    close();
    return counts;
  };
})(window.Footfall);
