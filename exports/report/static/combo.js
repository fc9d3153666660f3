// A drop-down with search: type to narrow the list, arrow keys to move, Enter to choose, Escape to leave.
(function (F) {
  'use strict';
  const { h } = F;
  const SHOWN = 100;

  // options: [{key, text}]; onchoose(key or null). The first entry stands for all items (key null).
  F.combo = function (label, all, options, onchoose) {
    const id = F.newId('combo');
    let entries = [];
    let active = 0;
    const list = h('ul.combo-list', { role: 'listbox', id: id + '-list', hidden: true, 'aria-label': label });
    const input = h('input', {
      type: 'text', id, role: 'combobox', autocomplete: 'off', 'aria-expanded': 'false', 'aria-autocomplete': 'list',
      'aria-controls': id + '-list', value: all,
      onfocus: () => { input.select(); open(''); }, oninput: () => open(input.value), onclick: () => open(''),
      onblur: () => { close(); input.value = chosen.text; }, onkeydown: key,
    });
    let chosen = { key: null, text: all };

    function open(text) {
      const wanted = text.trim().toLowerCase();
      const found = options().filter(one => one.text.toLowerCase().includes(wanted));
      entries = [{ key: null, text: all }, ...found.slice(0, SHOWN)];
      active = wanted && found.length ? 1 : 0;
      list.replaceChildren(...entries.map((entry, place) => h('li', {
        role: 'option', id: id + '-' + place, onmousedown: event => { event.preventDefault(); choose(entry); },
      }, h('bdi', null, entry.text))));
      if (found.length > SHOWN) {
        list.append(h('li.rest', { 'aria-disabled': 'true' }, F.count(found.length - SHOWN) + ' more: type to narrow'));
      }
      list.hidden = false;
      input.setAttribute('aria-expanded', 'true');
      mark();
    }

    function mark() {
      [...list.children].forEach((node, place) => node.setAttribute('aria-selected', String(place === active)));
      input.setAttribute('aria-activedescendant', id + '-' + active);
      if (list.children[active]) list.children[active].scrollIntoView({ block: 'nearest' });
    }

    function close() {
      list.hidden = true;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }

    function choose(entry) {
      chosen = entry;
      input.value = entry.text;
      close();
      onchoose(entry.key);
    }

    function key(event) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        if (list.hidden) return open('');
        active = (active + (event.key === 'ArrowDown' ? 1 : entries.length - 1)) % entries.length;
        mark();
      } else if (event.key === 'Enter' && !list.hidden) {
        event.preventDefault();
        choose(entries[active]);
      } else if (event.key === 'Escape') close();
    }

    // Shows an entry as chosen, without choosing it.
    function set(wanted) {
      chosen = options().find(one => one.key === wanted) || { key: null, text: all };
      if (document.activeElement !== input) input.value = chosen.text;
    }

    return { set, element: h('div.combo', null, h('label', { for: id }, label), h('div.combo-box', null, input, list)) };
  };
})(window.Footfall);
