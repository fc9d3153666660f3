// A table that sorts by its headers, filters by a search box and shows a page of rows at a time.
(function (F) {
  'use strict';
  const { h, isShown } = F;

  const isText = column => !column.unit || column.unit === 'text';

  const looks = column => (isText(column) ? '' : '.number') + (column.unit === 'date' ? '.date' : '')
    + (column.isShort ? '.short' : '') + (column.isAside ? '.aside' : '');

  // columns: [{key, title, metric, unit ('count', 'seconds', …, 'text'), value(row), cell(row) -> node; isShort: on one line;
  // isAside: not on a phone; isSystem: left out where all rows have 0}], rows: any.
  // options: {caption, sort, descending, search(row) -> text, searchLabel, pageSize, empty}
  F.table = function (columns, options) {
    const state = { rows: [], shown: [], key: options.sort, down: options.descending !== false, page: 0, text: '' };
    const pageSize = options.pageSize || 25;
    const body = h('tbody');
    const status = h('span.status', { role: 'status' });
    const back = h('button', { type: 'button', onclick: () => turn(-1) }, 'Previous');
    const next = h('button', { type: 'button', onclick: () => turn(1) }, 'Next');
    const pager = h('div.pager', null, status);
    const note = h('p.left-out', { hidden: true });
    let visible = columns;
    const csv = h('button.csv', { type: 'button', 'aria-label': 'Save ' + options.caption + ' as CSV', onclick: save }, 'CSV');
    const headers = columns.map(column => header(column));
    const grid = h('div.table-scroll', { tabindex: '0', role: 'region', 'aria-label': options.caption },
      h('table', null, h('caption.only-read', null, options.caption), h('thead', null, h('tr', null, headers)), body));
    const search = options.search ? searchBox() : null;
    pager.append(back, next, csv);

    function searchBox() {
      const input = h('input', { type: 'search', autocomplete: 'off', placeholder: options.searchLabel || 'Search' });
      input.addEventListener('input', () => { state.text = input.value.trim().toLowerCase(); state.page = 0; filter(); });
      return h('label.search', null, h('span.only-read', null, options.searchLabel || 'Search'), input);
    }

    function header(column) {
      const arrow = h('span.arrow', { 'aria-hidden': 'true' });
      const button = h('button.sort', { type: 'button', onclick: () => sortBy(column.key) }, column.title, arrow);
      const text = F.explain(button, column.metric);
      return h('th' + looks(column), { scope: 'col', 'aria-sort': 'none' }, button, text);
    }

    function sortBy(key) {
      const column = columns.find(one => one.key === key);
      state.down = state.key === key ? !state.down : !isText(column);
      state.key = key;
      state.page = 0;
      sort();
      draw();
    }

    function sort() {
      const column = columns.find(one => one.key === state.key);
      if (!column) return;
      const sign = state.down ? -1 : 1;
      const isEmpty = value => value === null || value === '' || !isShown(value);
      const keyed = state.shown.map((row, place) => [column.value(row), place, row]);
      keyed.sort(([a, i], [b, j]) => (isEmpty(a) || isEmpty(b) ? isEmpty(a) - isEmpty(b) || i - j
        : a < b ? -sign : a > b ? sign : i - j));
      state.shown = keyed.map(([, , row]) => row);
    }

    // A column without any shown number is left out and listed below the table; a system that nobody used is left out.
    function leaveOut() {
      const values = column => state.rows.map(row => column.value(row));
      visible = columns.filter(column => (!column.isSystem || !state.rows.length || state.rows.some(row => column.value(row) !== 0))
        && (!column.isCompared || state.rows.some(row => column.value(row) !== null)));
      if (F.meta.is_fixed) visible = visible.filter(column => !state.rows.length || values(column).some(isShown));
      headers.forEach((element, place) => { element.hidden = !visible.includes(columns[place]); });
      if (!F.meta.is_fixed) return;
      const out = columns.filter(column => !visible.includes(column) && !values(column).some(isShown)).map(column => column.title);
      const isCut = visible.some(column => values(column).some(Number.isNaN));
      note.hidden = !out.length && !isCut;
      note.textContent = [
        ...(isCut ? ['“' + F.NOT_SHOWN + '”: ' + F.tooFew() + '.'] : []),
        ...(out.length ? ['Left out because the workspace is anonymized: ' + [...new Set(out)].join('; ') + '.'] : []),
      ].join(' ');
    }

    function filter() {
      state.shown = state.text
        ? state.rows.filter(row => options.search(row).toLowerCase().includes(state.text)) : state.rows.slice();
      sort();
      draw();
    }

    function turn(step) {
      state.page += step;
      draw();
    }

    function cell(column, row) {
      const content = column.cell ? column.cell(row) : F.byUnit[column.unit || 'text'](column.value(row));
      const tag = column === columns[0] && !options.plain ? 'th' : 'td';
      const node = h(tag + looks(column), tag === 'th' ? { scope: 'row' } : null);
      node.append(typeof content === 'string' && isText(column) ? h('bdi', null, content) : content);
      if (content === F.NOT_SHOWN) node.classList.add('muted');
      return node;
    }

    // All rows as filtered and sorted, not only the page of them that is shown.
    function save() {
      const name = F.slug([F.meta.workspace.name, typeof options.title === 'function' ? options.title() : options.caption].join(' '));
      F.download(new Blob([F.csv(visible, state.shown)], { type: 'text/csv;charset=utf-8' }),
        name + '_' + F.state.from + '_' + F.state.to + '.csv');
    }

    function draw() {
      const pages = Math.max(1, Math.ceil(state.shown.length / pageSize));
      state.page = Math.max(0, Math.min(state.page, pages - 1));
      const from = state.page * pageSize;
      const rows = state.shown.slice(from, from + pageSize);
      body.replaceChildren(...rows.map(row => h('tr', null, visible.map(column => cell(column, row)))));
      if (!rows.length) {
        body.append(h('tr', null, h('td.nothing', { colspan: visible.length }, F.nothing())));
      }
      headers.forEach((element, place) => {
        const isSorted = columns[place].key === state.key;
        element.setAttribute('aria-sort', isSorted ? (state.down ? 'descending' : 'ascending') : 'none');
      });
      const total = state.shown.length;
      status.textContent = total ? F.count(from + 1) + '–' + F.count(from + rows.length) + ' of ' + F.count(total) : '';
      csv.disabled = !total;
      for (const button of [back, next]) button.hidden = total <= pageSize && !state.text;
      back.disabled = state.page === 0;
      next.disabled = state.page >= pages - 1;
    }

    return {
      element: h('div.table', null, search, grid, note, pager),
      update(rows) { state.rows = rows; leaveOut(); filter(); },
      rows: () => state.shown,
    };
  };
})(window.Footfall);
