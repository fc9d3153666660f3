// Start: reads the data, builds navigation and date range, shows the page in the address.
(function (F) {
  'use strict';
  const { h } = F;
  const made = new Map();
  const fresh = new Map();
  let shown = null;

  // Blocks of data that a page needs in addition to the first one.
  const NEEDS = { insights: [], users: ['users'], user: ['users', 'people'] };

  function pageKey() {
    const { page, argument } = F.state;
    return page === 'user' ? 'user/' + argument : page;
  }

  function make() {
    const { page, argument } = F.state;
    if (page === 'user') {
      const index = Number(argument);
      if (!Number.isInteger(index) || index < 0 || index >= F.meta.counts.pages) return null;
      return F.userPage(index);
    }
    const entry = F.meta.pages.find(one => one.key === page);
    return entry.type && !F.pages[page] ? F.contentPage(entry) : F.pages[page](entry);
  }

  function navigation() {
    const nav = document.getElementById('pages');
    nav.replaceChildren(...F.meta.pages.map(entry => h('a', {
      href: F.hash(entry.key), 'aria-current': entry.key === F.state.page || (F.state.page === 'user' && entry.key === 'users')
        ? 'page' : null,
    }, entry.title)));
    const current = nav.querySelector('[aria-current]');
    if (current && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = current.offsetLeft - 24;
  }

  async function show(isMove) {
    const started = performance.now();
    F.hideBubble();
    const key = pageKey();
    const main = document.getElementById('content');
    const title = document.getElementById('title');
    await F.need(...(NEEDS[F.state.page] || ['content']));
    if (pageKey() !== key) return; // moved on meanwhile
    if (!made.has(key)) {
      // Only the last few user pages are kept; building one again is cheap.
      for (const old of [...made.keys()].filter(one => one.startsWith('user/')).slice(0, -4)) made.delete(old);
      const page = make();
      if (!page) { location.replace(F.hash(F.meta.pages[0].key)); return; }
      made.set(key, page);
      fresh.delete(key);
    }
    const page = made.get(key);
    const entry = F.meta.pages.find(one => one.key === F.state.page);
    const name = page.title || entry.title;
    title.replaceChildren(h('bdi', null, name));
    document.title = F.oneLine(name) + ' · ' + F.oneLine(F.meta.workspace.name);
    const beside = F.compared();
    const rest = beside && F.beside(() => true) ? '' : ', which has no data';
    document.getElementById('range-text').textContent = F.rangeText(F.state.from, F.state.to)
      + (beside ? ', compared with ' + F.rangeText(beside.from, beside.to) + rest : '');
    navigation();
    if (shown !== page) main.replaceChildren(page.element);
    shown = page;
    const range = F.state.from + '/' + F.state.to + (beside ? '/' + beside.from + '/' + beside.to : '')
      + (F.state.item === null ? '' : '/' + F.state.item);
    if (fresh.get(key) !== range) {
      fresh.set(key, range);
      F.isOpening = true; // graphs out of sight wait for those in sight
      try { await page.update(F.days()); } finally { F.isOpening = false; }
    }
    if (isMove) { window.scrollTo(0, 0); title.focus({ preventScroll: true }); }
    document.documentElement.dataset.ready = key + '?' + range;
    F.lastUpdateMs = performance.now() - started;
    await F.drawRest();
    if (pageKey() === key) document.documentElement.dataset.drawn = document.documentElement.dataset.ready;
    F.lastDrawMs = performance.now() - started;
  }

  function rangeForm() {
    const form = document.getElementById('range');
    const from = document.getElementById('from');
    const to = document.getElementById('to');
    const { start, end } = F.meta.range;
    for (const input of [from, to]) { input.min = start; input.max = end; }
    const versus = document.getElementById('versus');
    const others = ['versus-from', 'versus-to'].map(id => document.getElementById(id));
    const fill = () => {
      from.value = F.state.from;
      to.value = F.state.to;
      const { compare } = F.state;
      versus.value = compare === null ? '' : compare === 'previous' ? compare : 'dates';
      const dates = F.compared() || { from: '', to: '' };
      others.forEach((input, place) => { input.value = place ? dates.to : dates.from; input.parentNode.hidden = versus.value !== 'dates'; });
    };
    fill();
    F.fillRange = fill;
    if (F.meta.is_fixed) fixRange(form);
    const go = (first, last) => {
      [F.state.from, F.state.to] = F.limited(first, last);
      const dates = others.map(input => input.value).filter(Boolean).sort();
      F.state.compare = versus.value !== 'dates' ? versus.value || null
        : dates.length === 2 ? { from: dates[0], to: dates[1] } : null;
      fill();
      const wanted = F.hash(F.state.page, F.state.argument, F.state.item);
      if (location.hash === wanted) show(false); else location.hash = wanted;
    };
    versus.addEventListener('change', () => {
      const isFree = versus.value === 'dates';
      others.forEach(input => { input.parentNode.hidden = !isFree; });
      if (!isFree) return go(from.value, to.value);
      const { from: first, to: last } = F.compared() || F.state;
      [others[0].value, others[1].value] = [first, last];
    });
    form.addEventListener('submit', event => { event.preventDefault(); go(from.value, to.value); });
    document.getElementById('all-days').addEventListener('click', () => go(start, end));
    const { opens } = F.meta;
    const own = document.getElementById('own-days');
    own.hidden = opens.start === start && opens.end === end;
    own.addEventListener('click', () => go(opens.start, opens.end));
  }

  // Only one date range: shown, but it cannot be changed.
  function fixRange(form) {
    for (const part of form.querySelectorAll('input, button, select')) part.disabled = true;
    for (const part of form.querySelectorAll('button, .compare')) part.hidden = true;
    const why = document.getElementById('range-why');
    why.hidden = false;
    why.textContent = 'In an anonymized workspace only the whole date range can be shown. Comparing two date ranges could reveal '
      + 'what a few people did.';
    form.setAttribute('aria-describedby', why.id);
    form.title = why.textContent;
  }

  function theme() {
    const button = document.getElementById('theme');
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? 'dark' : 'light')) === 'dark';
    const label = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
    button.addEventListener('click', () => {
      document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
      label();
    });
    dark.addEventListener('change', label);
    label();
  }

  async function start() {
    await F.need('first');
    performance.mark('data read');
    document.documentElement.dataset.loading = 'no';
    document.getElementById('workspace').replaceChildren(h('bdi', null, F.meta.workspace.name));
    F.loadVega();
    if (F.meta.is_fixed) F.usePrecomputed();
    F.readHash();
    theme();
    rangeForm();
    window.addEventListener('hashchange', () => {
      const before = pageKey();
      F.readHash();
      F.fillRange();
      show(before !== pageKey());
    });
    document.getElementById('skip').addEventListener('click', event => {
      event.preventDefault();
      document.getElementById('title').focus();
    });
    document.getElementById('print').addEventListener('click', () => F.drawRest().then(() => window.print()));
    await show(false);
  }

  start().catch(error => {
    document.getElementById('title').textContent = 'This report cannot be shown';
    document.getElementById('content').textContent = typeof DecompressionStream === 'undefined'
      ? 'This browser is too old: the report needs Chrome or Edge 103, Firefox 113 or Safari 16.4, or newer.'
      : 'The file seems to be damaged: ' + error.message;
    throw error;
  });
})(window.Footfall);
