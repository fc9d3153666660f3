// Elements, and the definition that every number shows on hover and focus. Texts are inserted as text nodes only.
(function (F) {
  'use strict';

  // h('a.link', {href: '#x', onclick: f}, 'text', child): attributes by setAttribute, handlers by addEventListener.
  F.h = function (name, attributes, ...children) {
    const [tag, ...classes] = name.split('.');
    const element = document.createElement(tag || 'div');
    if (classes.length) element.className = classes.join(' ');
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? '' : String(value));
    }
    element.append(...children.flat().filter(child => child !== null && child !== undefined));
    return element;
  };

  const { h } = F;
  let serial = 0;
  F.newId = prefix => prefix + '-' + ++serial;

  // A link out of the report, or plain text where the address is not one that is safe to open.
  F.safeUrl = url => (typeof url === 'string' && /^(https?:\/\/|mailto:)/i.test(url.trim()) ? url.trim() : null);
  F.link = function (text, url) {
    const name = h('bdi', null, text);
    const safe = F.safeUrl(url);
    return safe ? h('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' }, name) : name;
  };

  let bubble = null;
  function showBubble(anchor, fill) {
    hideBubble();
    bubble = h('div.bubble', { role: 'tooltip' });
    fill(bubble);
    document.body.append(bubble);
    const box = anchor.getBoundingClientRect();
    place(box.left + box.width / 2, box.top, box.height);
  }
  function place(x, y, height) {
    const width = bubble.offsetWidth;
    const left = Math.max(8, Math.min(x - width / 2, document.documentElement.clientWidth - width - 8));
    const above = y - bubble.offsetHeight - 8;
    bubble.style.left = left + 'px';
    bubble.style.top = (above > 4 ? above : y + height + 8) + 'px';
  }
  function hideBubble() {
    if (bubble) bubble.remove();
    bubble = null;
  }
  F.hideBubble = hideBubble;

  // The tooltip of a graph: value is [title, [name, value]…, or lists of such pairs].
  F.graphTooltip = function (handler, event, item, value) {
    if (!value || !Array.isArray(value)) return hideBubble();
    hideBubble();
    bubble = h('div.bubble', { role: 'tooltip' }, h('strong', null, h('bdi', null, String(value[0]))));
    const pairs = value.slice(1).flatMap(part => (Array.isArray(part) && Array.isArray(part[0]) ? part : [part]));
    for (const [name, text] of pairs.filter(pair => Array.isArray(pair) && pair.length === 2)) {
      bubble.append(h('div.pair', null, h('span', null, String(name)), h('span', null, String(text))));
    }
    document.body.append(bubble);
    place(event.clientX, event.clientY - 6, 16);
  };

  // Shows a number's definition when its element is hovered or focused; returns the text for screen readers, which goes
  // beside the element.
  F.explain = function (element, metric) {
    const definition = F.meta.definitions[metric];
    if (!definition) return null;
    const id = F.newId('definition');
    const show = () => showBubble(element, box => {
      box.append(h('strong', null, definition.title), h('div', null, definition.definition));
    });
    element.setAttribute('aria-describedby', id);
    for (const name of ['mouseenter', 'focus', 'click']) element.addEventListener(name, show);
    for (const name of ['mouseleave', 'blur']) element.addEventListener(name, hideBubble);
    return h('span.only-read', { id }, definition.definition);
  };

  // The first sentence of a definition, which is a graph's caption; the rest says how the number is computed.
  F.firstSentence = function (metric) {
    const { definition = '' } = F.meta.definitions[metric] || {};
    return definition.split(/(?<=[.!?]) (?=[A-Z(])/)[0];
  };

  // A label with a definition: a button, so that keyboards and touch reach it too.
  F.defined = function (label, metric) {
    const button = h('button.defined', { type: 'button' }, label);
    const text = F.explain(button, metric);
    return text ? h('span.defined-box', null, button, text) : h('span', null, label);
  };

  document.addEventListener('keydown', event => event.key === 'Escape' && hideBubble());
  document.addEventListener('scroll', hideBubble, { passive: true, capture: true });

  // Buttons of which one is chosen. choices: [[key, label], …]
  F.choice = function (label, choices, chosen, onchoose) {
    const group = h('div.choice', { role: 'group', 'aria-label': label });
    const buttons = choices.map(([key, text]) => h('button', {
      type: 'button', 'aria-pressed': String(key === chosen),
      onclick: event => {
        buttons.forEach(button => button.setAttribute('aria-pressed', String(button === event.currentTarget)));
        onchoose(key);
      },
    }, text));
    group.append(...buttons);
    return group;
  };
})(window.Footfall);
