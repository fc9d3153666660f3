// Top users: all users, sortable and searchable; and the page of one user.
(function (F) {
  'use strict';
  const { h } = F;

  F.userName = index => F.meta.users.names[index] || F.meta.users.ids[index] || '(no name)';
  const hasPage = index => index < F.meta.counts.pages;

  function more(index) {
    if (hasPage(index)) {
      return h('a.more', { href: F.hash('user', index), 'aria-label': 'See more about ' + F.userName(index) }, 'See more');
    }
    if (!F.meta.users.ids[index]) return null;
    return h('span.muted.more', { title: 'A separate report of this user can be made with: footfall export --workspace … --user ' + F.meta.users.ids[index] }, 'separate report');
  }

  // On a phone the company has no column of its own, so that the numbers are in sight.
  const company = index => F.meta.users.companies[index];
  const name = index => h('div', null, F.link(F.userName(index), F.meta.users.urls[index]),
    company(index) ? h('bdi.muted.aside-here', null, company(index)) : null, more(index));

  function columns(totals) {
    const count = (key, title, metric, values) => ({ key, title, metric, unit: 'count', value: row => values()[row] });
    const seconds = (key, title, metric, values) => ({ ...count(key, title, metric, values), unit: 'seconds' });
    const stamp = row => totals().last[row];
    return [
      { key: 'name', title: 'Name', value: F.userName, cell: name },
      { key: 'company', title: 'Company', isAside: true, value: company },
      count('interactions', 'Interactions', 'interactions', () => totals().interactions),
      count('visits', 'Visits', 'user_visits', () => totals().visits),
      seconds('engaged', 'Engaged time', 'engaged_seconds', () => totals().engaged),
      seconds('elapsed', 'Time in visits', 'elapsed_seconds', () => totals().elapsed),
      ...F.osColumns((os, code) => count(os.key, os.title, 'interactions', () => totals().os[code]), F.meta.people_os_seen),
      { key: 'last', title: 'Last seen', metric: 'last_seen_local', unit: 'date', value: stamp, cell: row => F.lastSeen(stamp(row)) },
    ];
  }

  // Minutes since the day before the report's first day, in the workspace's local time.
  F.lastSeen = function (minutes) {
    if (minutes < 0) return F.NONE;
    const base = F.dayNumber(F.meta.range.start) - 1;
    return F.longDay(F.isoDay(base + Math.floor(minutes / 1440))) + ', ' + F.clock(minutes % 1440);
  };

  const NOBODY = 'Analytics of this workspace are anonymized, so no individual person is shown.';

  // In an anonymized workspace only users who may be named are listed.
  function who(days) {
    const users = F.count(F.meta.is_fixed ? F.meta.counts.named : F.meta.counts.users);
    return F.meta.is_fixed ? users + ' users; participants with anonymized analytics are included on the other pages but not listed here'
      : F.count(F.insights(days).active_users) + ' of ' + users + ' users active';
  }

  // Profiles are people, too.
  F.pages.popular = page => (F.meta.workspace.is_anonymized && !F.content(F.days(), page.type).rows.length
    ? { element: h('p', null, NOBODY), update() {} } : F.contentPage(page));

  // Numbers of users in the order of the answer top_users.
  F.rankedUsers = ({ interactions, visits }) => Array.from(F.meta.users.names, (_, index) => index).sort((a, b) =>
    interactions[b] - interactions[a] || visits[b] - visits[a] || F.byCodePoint(F.meta.users.ids[a], F.meta.users.ids[b]));

  F.pages.users = function () {
    let totals = null;
    const facts = h('div');
    if (!F.meta.users.names.length) {
      return { element: h('p', null, F.meta.workspace.is_anonymized ? NOBODY : 'No participants.'), update() {} };
    }
    const table = F.table(columns(() => totals), {
      caption: 'Top users', sort: 'interactions', pageSize: 50, searchLabel: 'Search name or company',
      search: row => [F.userName(row), F.meta.users.companies[row], F.meta.users.ids[row]].join(' '),
    });
    const { pages, named } = F.meta.counts;
    const note = pages >= named ? null : h('p.muted', null, 'The ' + F.count(pages) + ' most active users of all days have a page of their own '
      + 'in this report. Of any other user a separate report can be made.');
    return {
      element: h('div', null, facts, note, table.element),
      update(days) {
        totals = F.topUsers(days);
        facts.replaceChildren(F.facts(days, [who(days)]));
        table.update(F.rankedUsers(totals));
      },
    };
  };

  F.userPage = function (index) {
    const url = F.safeUrl(F.meta.users.urls[index]);
    const page = F.insightsPage(index);
    return {
      title: F.userName(index),
      element: h('div', null, h('p.crumbs', null,
        F.meta.pages.some(one => one.key === 'users') ? h('a', { href: F.hash('users') }, 'All users') : null,
        company(index) ? h('bdi.muted', null, company(index)) : null, url ? F.link('Profile', url) : null), page.element),
      update: page.update,
    };
  };
})(window.Footfall);
