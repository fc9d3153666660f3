// Meetings: number, kind, status, duration, attendance.
(function (F) {
  'use strict';
  const { h } = F;

  function tilesOf(rows) {
    const all = F.meetingSummary(rows);
    const number = (label, metric, unit = 'count') => ({ label, metric, value: all[metric], unit });
    return [
      { ...number('Meetings', 'meetings'), notes: F.meetingKinds().map(({ title: label }, kind) => ({
        label, metric: 'meeting_kind', value: rows.filter(row => row.kind === kind).length })).filter(note => note.value) },
      { ...number('Cancelled', 'meetings_cancelled'), value: all.cancelled, notes: [
        { label: 'Declined', metric: 'meetings_declined', value: all.declined },
        { label: 'Unanswered', metric: 'meetings_requested', value: all.requested },
        { label: 'Expired', metric: 'meetings_expired', value: all.expired }] },
      { ...number('Held', 'meetings_held'), value: all.held },
      { ...number('Average attended', 'average_attended', 'number'), notes: [
        { label: 'Attendance known', metric: 'meetings_with_attendance', value: all.meetings_with_attendance },
        { label: 'Average accepted', metric: 'average_accepted', value: all.average_accepted, unit: 'number' }] },
      { ...number('Average duration', 'average_duration_minutes', 'minutes'), notes: [
        { label: 'Actual', metric: 'average_actual_minutes', value: all.average_actual_minutes, unit: 'minutes' },
        { label: 'Actual known for', metric: 'meetings_with_actual', value: all.meetings_with_actual }] },
      { ...number('Rescheduled', 'rescheduled_meetings'), notes: [
        { label: 'Times moved', metric: 'reschedules', value: all.reschedules }] },
    ];
  }

  // Columns by day and status.
  function byDay(days, rows, before) {
    const legend = F.meta.meeting_colours.filter(({ key }) => rows.some(row => row.status === key))
      .map(({ title: name, colour }) => ({ name, colour }));
    const labels = {};
    const table = [];
    const lines = [];
    const byDate = new Map();
    for (const row of rows) byDate.set(row.day, [...(byDate.get(row.day) || []), row]);
    const isLong = F.isLong(days);
    // The day at the same place of the range to compare with.
    const then = day => {
      const at = before && !isLong ? day - days.first + before.first - before.offset : null;
      if (at === null || at < before.first || at > before.last) return null;
      return { long: F.fullDay(F.isoDay(before.base + at)), total: before.rows.filter(row => row.day === at).length };
    };
    const shown = isLong ? [...byDate.keys()].sort((a, b) => a - b)
      : Array.from({ length: days.last - days.first + 1 }, (_, place) => days.first + place);
    for (const day of shown) {
      const iso = F.isoDay(days.base + day);
      const own = byDate.get(day) || [];
      labels[iso] = isLong ? F.longDay(iso) : F.shortDay(iso);
      const line = { bucket: iso, long: F.fullDay(iso), total: own.length, by: {}, before: then(day) };
      for (const { key: status, title: name } of F.meta.meeting_colours) {
        line.by[status] = own.filter(row => row.status === status).length;
        if (legend.some(entry => entry.name === name)) {
          table.push({ bucket: iso, long: line.long, series: name, value: line.by[status] });
        }
      }
      lines.push(line);
    }
    return {
      data: { table: rows.length || before ? table : [], before: lines.filter(line => line.before).map(line => ({
        bucket: line.bucket, value: line.before.total, long: line.before.long, now: line.total })) },
      compared: Boolean(before), legend, rows: lines, summary: F.count(rows.length) + ' meetings.',
      signals: { labels, unit: 'Meetings', axis_title: '', ...F.seriesSignals(legend) },
    };
  }

  F.pages.meetings = function () {
    const top = h('div');
    const facts = h('div');
    const graph = F.graph({
      kind: 'columns', title: 'Meetings by day and status', metric: 'meetings', columns: [
        { key: 'when', title: 'When', value: row => row.bucket, cell: row => row.long },
        { key: 'total', title: 'All', metric: 'meetings', unit: 'count', value: row => row.total },
        ...F.timeColumns('meetings').filter(column => column.isCompared),
        ...F.meta.meeting_statuses.map(({ key: status, title }) => ({
          key: status, title, metric: 'meetings_' + status, unit: 'count', value: row => row.by[status] })),
      ],
    });
    const base = () => F.days().base;
    const list = F.table([
      { key: 'start', title: 'Scheduled start', metric: 'start_local', value: row => row.day * 1440 + row.minute,
        cell: row => F.longDay(F.isoDay(base() + row.day)) + ', ' + F.clock(row.minute) },
      { key: 'kind', title: 'Kind', isShort: true, metric: 'meeting_kind', value: row => F.meetingKinds()[row.kind].title },
      { key: 'status', title: 'Status', metric: 'meeting_status',
        value: row => (F.meetingStatuses().find(({ key }) => key === row.status) || { title: row.status }).title + (row.held ? ', held' : '') },
      { key: 'duration', title: 'Duration', metric: 'duration_minutes', unit: 'minutes', value: row => row.duration },
      { key: 'actual', title: 'Actual', metric: 'actual_minutes', unit: 'minutes', value: row => row.actual },
      { key: 'participants', title: 'Participants', metric: 'meeting_participants', unit: 'count', value: row => row.participants },
      { key: 'accepted', title: 'Accepted by', metric: 'meeting_accepted', unit: 'count', value: row => row.accepted },
      { key: 'attended', title: 'Attended by', metric: 'meeting_attended', unit: 'count', value: row => row.attended },
      { key: 'reschedules', title: 'Moved', metric: 'reschedules', unit: 'count', value: row => row.reschedules },
    ], { caption: 'Meetings', sort: 'start', descending: false });
    return {
      element: h('div', null, top, facts, graph.element, list.element),
      update(days) {
        const rows = F.meetings(days);
        const before = F.beside(then => ({ ...then, rows: F.meetings(then) }));
        top.replaceChildren(F.tiles(tilesOf(rows), before && tilesOf(before.rows)));
        facts.replaceChildren(F.facts(days, ['based on ' + F.count(rows.length) + ' meetings']));
        list.update(rows);
        return graph.update(() => byDay(days, rows, before));
      },
    };
  };
})(window.Footfall);
