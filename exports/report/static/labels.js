// Labels: any text as one printable line, shortened at whole characters to the room that it has.
(function (F) {
  'use strict';
  const { h } = F;

  // One printable line, without control characters and bidirectional overrides.
  F.oneLine = function (text) {
    const line = String(text === null || text === undefined ? '' : text)
      .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').replace(/\s+/g, ' ').trim();
    const parts = line.length > 200 ? F.graphemes(line) : [];
    return parts.length > 200 ? parts.slice(0, 199).join('').trimEnd() + '…' : line;
  };

  // What readers take for one character: never cut inside one.
  const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter('en', { granularity: 'grapheme' }) : null;
  F.graphemes = text => (segmenter ? Array.from(segmenter.segment(text), part => part.segment) : [...text]);

  // A text shortened to a width in pixels, as it is drawn in a font ('12px …').
  let ruler = null;
  F.textWidth = function (text, font) {
    ruler = ruler || h('canvas').getContext('2d');
    ruler.font = font;
    return ruler.measureText(text).width;
  };
  F.fitted = function (text, room, font) {
    if (F.textWidth(text, font) <= room) return text;
    const parts = F.graphemes(text);
    let [low, high] = [0, parts.length - 1];
    const cut = count => parts.slice(0, count).join('').trimEnd() + '…';
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (F.textWidth(cut(middle), font) <= room) low = middle; else high = middle - 1;
    }
    return cut(low);
  };

  // Pixels for the names beside ranked bars: the broadest name, up to a limit.
  const font = size => size + 'px ' + F.meta.specs.ranking.config.text.font;
  F.labelFont = font;
  F.labelWidth = function (rows, space) {
    const broadest = Math.max(0, ...rows.map(row => F.textWidth(row.label, font(12))));
    return Math.ceil(Math.min(broadest + 14, space < 500 ? space * 0.42 : 260));
  };

  // Data for a picture of a width, with labels shortened to their room: Vega would cut inside a character.
  F.withLabels = function (kind, data, width) {
    if (kind === 'ranking') {
      const room = F.labelWidth(data.rows, width) - 10;
      return { ...data, rows: data.rows.map(row => ({ ...row, shown: F.fitted(row.label, room, font(12)) })) };
    }
    if (kind !== 'path') return data;
    const signal = name => F.meta.specs.path.signals.find(one => one.name === name).value;
    const columns = Math.max(2, ...data.nodes.map(node => node.column));
    const pitch = (width - signal('tail')) / (columns - 1);
    const room = node => Math.max(20, (node.column < columns ? pitch : signal('tail')) - signal('node_width') - 8);
    return { ...data, nodes: data.nodes.map(node => ({ ...node, shown: F.fitted(node.label, room(node), font(11)) })) };
  };
})(window.Footfall);
