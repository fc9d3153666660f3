// A graph on the page: title, range, definition, legend, picture, table; saved as PNG or SVG, or printed alone.
(function (F) {
  'use strict';
  const { h } = F;
  const FILE_WIDTH = { columns: 860, ranking: 860, curve: 860, path: 1180 };
  // A path graph that does not fit in its place gets this width, which is good to read.
  const PATH_FITS = 960;
  const PATH_WIDTH = 1040;
  const PAPER_WIDTH = 660;

  // Vega's program comes packed; it is unpacked when the first graph is drawn.
  let program = null;
  function vega() {
    program = program || F.unpack('program').then(bytes => {
      const script = document.createElement('script');
      script.textContent = new TextDecoder().decode(bytes);
      document.head.append(script);
      return window.vega;
    });
    return program;
  }
  F.loadVega = vega;

  // Graphs out of sight are drawn one by one, after those in sight: when a page opens, by F.drawRest; when a reader changes
  // something on a page that is drawn, at once.
  const later = [];
  let working = null;
  async function workOff() {
    while (later.length) {
      await new Promise(done => setTimeout(done));
      const task = later.shift();
      await task();
    }
  }
  function drawLater(task) {
    if (!later.includes(task)) later.push(task);
    if (!F.isOpening) setTimeout(F.drawRest);
  }
  F.drawRest = () => (working = working || workOff().finally(() => { working = null; }));

  // The specification with its data and signals put in; off the page it keeps title and legend.
  function filled(kind, content, forFile, width) {
    const spec = structuredClone(F.meta.specs[kind]);
    const signals = { empty: F.nothing(), ...content.signals, width };
    const data = F.withLabels(kind, content.data, width);
    for (const set of spec.data) if (data[set.name]) set.values = data[set.name];
    for (const signal of spec.signals) {
      if (signal.name in signals) { signal.value = signals[signal.name]; delete signal.update; }
    }
    if (!forFile) {
      delete spec.title;
      delete spec.legends;
      delete spec.background;
      spec.padding = { left: 0, right: 0, top: kind === 'curve' || kind === 'columns' ? 10 : 2, bottom: 4 };
      spec.autosize = kind === 'columns' || kind === 'curve' ? { type: 'fit-x', contains: 'padding' } : 'none';
    }
    return spec;
  }

  async function view(host, spec, renderer, tooltip) {
    const { parse, View, loader, expressionInterpreter } = await vega();
    const drawing = new View(parse(spec, {}, { ast: true }), {
      expr: expressionInterpreter, renderer, loader: loader({ target: '_blank' }),
    });
    drawing.tooltip((handler, event, item, value) => F.graphTooltip(handler, event, item, tooltip && value ? tooltip(value) : value));
    return drawing.hover().initialize(host).runAsync();
  }

  function wrapped(text, width) {
    const lines = [];
    for (const word of text.split(/\s+/)) {
      const last = lines.length - 1;
      if (last >= 0 && lines[last].length + word.length < width) lines[last] += ' ' + word;
      else lines.push(word);
    }
    return lines;
  }

  // options: {kind, title, metric, caption (default: first sentence of the metric's definition; the title's tooltip has all
  // of it), tooltip(value) -> lines, columns (of the table), controls (node)}.
  // update(() => ({data, signals, legend: [{name, colour}], rows, summary, title, metric, caption})) draws; graphs that are
  // out of sight are drawn later.
  F.graph = function (options) {
    const { kind } = options;
    const wide = kind === 'path';
    let title = options.title;
    let content = null;
    let waiting = null;
    let drawn = null;
    let turn = Promise.resolve();
    let width = 0;
    let hidden = new Set();
    let { metric } = options;
    const heading = h('h2', { id: F.newId('graph') }, F.defined(title, metric));
    const range = h('p.range');
    const caption = h('p.caption', null, options.caption || F.firstSentence(metric));
    const legend = h('div.legend', { role: 'group', 'aria-label': 'Series shown' });
    const picture = h('div.picture', { 'aria-hidden': 'true' });
    const canvas = h('div.canvas' + (wide ? '.wide' : ''), wide
      ? { tabindex: '0', role: 'region', 'aria-label': title + ', scrolls sideways' } : null, picture);
    const summary = h('p.only-read');
    const note = h('p.left-out', { hidden: true });
    const table = F.table(options.columns, { caption: title, title: () => title, plain: false, pageSize: 15, sort: null });
    const button = (text, label, act) => h('button', { type: 'button', 'aria-label': label, onclick: act }, text);
    const tools = h('div.tools', null,
      button('PNG', 'Save ' + title + ' as PNG', () => save('png')),
      button('SVG', 'Save ' + title + ' as SVG', () => save('svg')),
      button('Print', 'Print ' + title, () => printOne()));
    const figure = h('figure.graph.' + kind, { 'aria-labelledby': heading.id },
      h('div.head', null, heading, tools), range, caption, options.controls || null, legend, summary, canvas, note,
      h('details', null, h('summary', null, 'Show as table'), table.element));

    const room = () => {
      const space = Math.floor(canvas.clientWidth);
      return !wide ? Math.max(240, space) : space < PATH_FITS ? PATH_WIDTH : space;
    };
    const signals = space => ({
      ...content.signals, hidden: [...hidden],
      ...(kind === 'ranking' ? { label_width: F.labelWidth(content.data.rows, space) } : {}),
    });

    async function draw() {
      if (waiting) await take();
      if (!content || !figure.isConnected || !canvas.clientWidth) return;
      width = room();
      if (!drawn) {
        const spec = filled(kind, { ...content, signals: signals(width) }, false, width);
        drawn = await view(picture, spec, 'svg', options.tooltip);
        return;
      }
      for (const [name, rows] of Object.entries(F.withLabels(kind, content.data, width))) drawn.data(name, rows);
      for (const [name, value] of Object.entries(signals(width))) drawn.signal(name, value);
      drawn.width(width);
      await drawn.runAsync();
    }
    const redraw = () => (turn = turn.then(draw));
    const inSight = () => {
      const box = figure.getBoundingClientRect();
      return box.top < innerHeight && box.bottom > 0;
    };

    function toggles() {
      const names = content.legend.map(entry => entry.name);
      hidden = new Set([...hidden].filter(name => names.includes(name)));
      legend.hidden = names.length < 2;
      legend.replaceChildren(...content.legend.map(entry => {
        const swatch = h('span.swatch', { 'aria-hidden': 'true' });
        swatch.style.backgroundColor = entry.colour;
        return h('button', {
          type: 'button', 'aria-pressed': String(!hidden.has(entry.name)),
          onclick: event => {
            if (!hidden.delete(entry.name)) hidden.add(entry.name);
            event.currentTarget.setAttribute('aria-pressed', String(!hidden.has(entry.name)));
            redraw();
          },
        }, swatch, entry.name);
      }));
    }

    async function save(format) {
      const size = FILE_WIDTH[kind];
      const about = ' · ' + range.textContent + ' · ' + F.meta.workspace.timezone;
      const text = [F.fitted(F.oneLine(F.meta.workspace.name), size - F.textWidth(about, F.labelFont(12)), F.labelFont(12)) + about,
        ...wrapped(caption.textContent, size / 6.2), ...(note.hidden ? [] : wrapped(note.textContent, size / 6.2))];
      const head = { title: F.fitted(F.oneLine(title), size, 'bold ' + F.labelFont(17)), subtitle: text, ...(kind === 'ranking' ? { label_width: F.labelWidth(content.data.rows, size) } : {}) };
      const spec = filled(kind, { ...content, signals: { ...content.signals, hidden: [...hidden], ...head } }, true, size);
      if (content.legend.length < 2) delete spec.legends;
      const host = h('div.off-page');
      document.body.append(host);
      const name = F.slug(F.meta.workspace.name + ' ' + title) + '_' + F.state.from + '_' + F.state.to + '.' + format;
      const drawing = await view(host, spec, format === 'png' ? 'canvas' : 'svg');
      if (format === 'svg') {
        F.download(new Blob([await drawing.toSVG()], { type: 'image/svg+xml' }), name);
      } else {
        const image = await drawing.toCanvas(2);
        F.download(await new Promise(done => image.toBlob(done, 'image/png')), name);
      }
      drawing.finalize();
      host.remove();
    }

    // On paper the picture is as wide as the paper: drawn for it, its text keeps its size.
    function onPaper(isPrinting) {
      if (!drawn || wide || !figure.isConnected) return;
      drawn.width(isPrinting ? PAPER_WIDTH : width).run();
    }
    window.addEventListener('beforeprint', () => onPaper(true));
    window.addEventListener('afterprint', () => onPaper(false));

    function printOne() {
      document.body.classList.add('print-one');
      figure.classList.add('printed');
      window.addEventListener('afterprint', () => {
        document.body.classList.remove('print-one');
        figure.classList.remove('printed');
      }, { once: true });
      window.print();
    }

    new ResizeObserver(() => { if (content && canvas.clientWidth && room() !== width) redraw(); }).observe(canvas);

    return {
      element: figure,
      ready: () => turn,
      view: () => drawn,
      update(make) {
        waiting = make;
        if (inSight()) return redraw();
        drawLater(redraw);
        return null;
      },
    };

    async function take() {
      const make = waiting;
      waiting = null;
      const next = await make();
      content = { legend: [], ...next };
      if (next.metric) metric = next.metric;
      if (next.metric || next.caption) caption.textContent = next.caption || F.firstSentence(metric);
      if (next.title) { title = next.title; heading.replaceChildren(F.defined(title, metric)); }
      const beside = next.compared ? F.compared() : null;
      range.textContent = F.rangeText(F.state.from, F.state.to)
        + (beside ? '; marks: ' + F.rangeText(beside.from, beside.to) : '');
      summary.textContent = next.summary || '';
      note.textContent = next.note || '';
      note.hidden = !next.note;
      table.update(next.rows || []);
      toggles();
    }
  };
})(window.Footfall);
