// Meetings and sponsors. Definitions: docs/definitions.md, Meetings; metrics, sponsors.
(function (F) {
  'use strict';
  const KINDS = [[0, 'unknown', 'Unknown'], [1, 'one_to_one', 'One-to-one'], [2, 'group', 'Group']];
  const STATUSES = ['unknown', 'requested', 'accepted', 'declined', 'cancelled', 'expired'];
  F.meetingKinds = KINDS;
  F.meetingStatuses = STATUSES;

  const inRange = (days, day) => day >= days.first && day <= days.last;

  // Rows of the range, as objects; unknown numbers are null.
  F.meetings = function (days) {
    const table = F.tables.meetings;
    const rows = [];
    const known = value => (value ? value - 1 : null);
    for (let i = 0; i < table.length; i++) {
      if (!inRange(days, table.day[i])) continue;
      const minutes = value => (value ? (value - 1) / 1000 : null);
      rows.push({
        number: i, day: table.day[i], minute: table.minute[i], kind: table.kind[i], status: STATUSES[table.status[i]],
        held: table.held[i] === 1, participants: table.participants[i], accepted: table.accepted[i],
        attended: known(table.attended[i]), duration: minutes(table.duration[i]), actual: minutes(table.actual[i]),
        reschedules: table.reschedules[i],
      });
    }
    return rows;
  };

  // The summary of some rows; averages run over held meetings.
  F.meetingSummary = function (rows) {
    const held = rows.filter(row => row.held);
    const mean = name => {
      const values = held.map(row => row[name]).filter(value => value !== null);
      return [F.ratio(F.sum(values), values.length), values.length];
    };
    const [attended, withAttendance] = mean('attended');
    const [actual, withActual] = mean('actual');
    const of = status => rows.filter(row => row.status === status).length;
    return {
      meetings: rows.length, requested: of('requested'), accepted: of('accepted'), declined: of('declined'),
      cancelled: of('cancelled'), expired: of('expired'), held: held.length, meetings_with_attendance: withAttendance,
      average_attended: attended, average_accepted: mean('accepted')[0], average_duration_minutes: mean('duration')[0],
      meetings_with_actual: withActual, average_actual_minutes: actual,
      rescheduled_meetings: rows.filter(row => row.reschedules > 0).length,
      reschedules: F.sum(rows.map(row => row.reschedules)),
    };
  };

  const ACTIONS = 5; // profile view, document opening, link click, booth visit, meeting
  const MEETING = 4;

  // One row per sponsor with any contact; users and meetings are counted once.
  F.sponsors = function (days) {
    const size = F.meta.items.length;
    const { actor, day, item, action, n } = F.tables.sponsor_actions;
    const users = F.meta.counts.users;
    const times = new Float64Array(size * ACTIONS);
    const people = new Float64Array(size * ACTIONS);
    const everyone = new Float64Array(size);
    const hasContact = new Uint8Array(size);
    const lastOfAction = new Int32Array(size * ACTIONS).fill(-1);
    const lastOfAll = new Int32Array(size).fill(-1);
    for (let i = 0; i < n.length; i++) {
      if (!inRange(days, day[i])) continue;
      const key = item[i] * ACTIONS + action[i];
      hasContact[item[i]] = 1;
      times[key] += n[i];
      if (actor[i] >= users) continue;
      if (lastOfAction[key] !== actor[i]) { lastOfAction[key] = actor[i]; people[key]++; }
      if (lastOfAll[item[i]] !== actor[i]) { lastOfAll[item[i]] = actor[i]; everyone[item[i]]++; }
    }
    const meetings = new Float64Array(size);
    const held = new Float64Array(size);
    const links = F.tables.sponsor_meetings;
    for (let i = 0; i < links.length; i++) {
      const meeting = links.meeting[i];
      if (!inRange(days, F.tables.meetings.day[meeting])) continue;
      meetings[links.item[i]]++;
      held[links.item[i]] += F.tables.meetings.held[meeting];
    }
    const rows = [];
    for (let key = 0; key < size; key++) {
      if (!hasContact[key]) continue;
      const [profile, documents, links_, booth] = [0, 1, 2, 3].map(one => times[key * ACTIONS + one]);
      const who = one => people[key * ACTIONS + one];
      rows.push({
        key, item: F.meta.items[key], people: everyone[key], profile_views: profile, profile_users: who(0),
        document_openings: documents, document_users: who(1), link_clicks: links_, link_users: who(2),
        booth_visits: booth, booth_users: who(3), meetings: meetings[key], meetings_held: held[key],
        meeting_users: who(MEETING),
      });
    }
    return rows.sort((a, b) => b.people - a.people || b.profile_views - a.profile_views || a.key - b.key);
  };

  // Forms: people who opened and people who submitted, guests included.
  F.forms = function (days) {
    const size = F.meta.items.length;
    const out = Array.from({ length: size }, () => null);
    const row = key => (out[key] = out[key] || { opened: 0, submitted: 0, submissions: 0, completed: 0 });
    const openers = new Set();
    const people = F.meta.counts.actors;
    const views = F.tables.views;
    for (let i = 0; i < views.length; i++) {
      if (!inRange(days, views.day[i]) || F.meta.items[views.item[i]].type !== 'form') continue;
      const key = views.item[i] * people + views.actor[i];
      if (!openers.has(key)) { openers.add(key); row(views.item[i]).opened++; }
    }
    const submitters = new Set();
    const table = F.tables.submissions;
    for (let i = 0; i < table.length; i++) {
      if (!inRange(days, table.day[i])) continue;
      const key = table.item[i] * people + table.actor[i];
      const one = row(table.item[i]);
      one.submissions += table.n[i];
      if (submitters.has(key)) continue;
      submitters.add(key);
      one.submitted++;
      if (openers.has(key)) one.completed++;
    }
    for (const one of out) if (one) one.completion = F.ratio(one.completed, one.opened);
    return out;
  };
})(window.Footfall);
