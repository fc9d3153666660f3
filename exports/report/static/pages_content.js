// Forms, pages, popular users, sessions, speakers, sponsors, documents, abstracts.
(function (F) {
  'use strict';
  const { h } = F;

  const itemTitle = item => item.title + (item.is_deleted ? ' (deleted)' : '');
  F.itemTitle = itemTitle;

  function itemColumns(type, more) {
    return [
      { key: 'title', title: F.meta.content_titles[type], value: row => row.item.title, cell: row => F.link(itemTitle(row.item), row.item.url) },
      { key: 'views', title: 'Views', metric: 'views', unit: 'count', value: row => row.views },
      { key: 'users', title: 'Users', metric: 'view_users', unit: 'count', value: row => row.users },
      { key: 'seconds', title: 'Time, total', metric: 'seconds_viewed', unit: 'seconds', value: row => row.seconds },
      { key: 'average', title: 'Time, average', metric: 'average_seconds_viewed', unit: 'seconds',
        value: row => row.average_seconds },
      { key: 'known', title: 'Time known', metric: 'known_share', unit: 'share', value: row => row.known_share },
      ...(more || []),
      ...F.osColumns((os, code) => ({ key: os.key, title: 'Views, ' + os.title, metric: 'views', unit: 'count',
        value: row => row.os[code].views })),
    ];
  }

  const MEASURES = {
    views: { name: 'Views', metric: 'views', text: row => F.count(row.views), value: row => row.views, os: cell => cell.views },
    users: { name: 'Users', metric: 'view_users', text: row => F.count(row.users), value: row => row.users },
    seconds: { name: 'Time', metric: 'seconds_viewed', text: row => F.seconds(row.seconds), value: row => row.seconds, os: cell => cell.seconds },
  };

  // Ranked items by a measure; views and time stacked by os, users not (one person may use several).
  function mostSeen(rows, measure, title) {
    const { name, metric, text, value, os = () => undefined } = MEASURES[measure];
    const sorted = rows.slice().sort(F.descending(value)); // ties stay in the order of the answer
    const content = F.rankingContent(sorted, {
      label: row => itemTitle(row.item), value, text, ...F.osParts(sorted, name, value, os),
      tip: row => [['Views', F.count(row.views)], ['Users', F.count(row.users)], ['Time, total', F.seconds(row.seconds)],
        ['Time, average', F.seconds(row.average_seconds)], ['Time known', F.share(row.known_share)]],
    });
    return { ...content, metric, title };
  }

  // Measures by which items can be ranked: those that are shown for any item.
  const measures = type => Object.entries(MEASURES).filter(([, { value }]) => !F.meta.is_fixed
    || F.content(F.days(), type).rows.some(row => F.isShown(value(row))));

  function tilesOf(total, many, itemCount) {
    return [
      { label: 'Views', metric: 'views', value: total.views,
        notes: itemCount === null ? [] : [{ label: many + ' viewed', metric: 'views', value: itemCount }] },
      { label: 'Users', metric: 'view_users', value: total.users },
      { label: 'Time viewed', metric: 'seconds_viewed', value: total.seconds, unit: 'seconds' },
      { label: 'Average time', metric: 'average_seconds_viewed', value: total.average_seconds, unit: 'seconds',
        notes: [{ label: 'Known for', metric: 'known_share', value: total.known_share, unit: 'share' }] },
      ...(total.tiles || []),
    ];
  }

  // page: {key, title, type}; more: {columns, tiles(result, item, days), sections: [{element, update(days, item)}]}
  F.contentPage = function (page, more = {}) {
    const many = page.title;
    const mostTitle = page.type === 'user' ? page.title : 'Most viewed ' + many.toLowerCase();
    let item = null; // the number of the chosen item
    let measure = 'views';
    let result = null;
    let days = null;
    const top = h('div');
    const facts = h('div');
    const choices = measures(page.type);
    const ranking = F.graph({
      kind: 'ranking', title: mostTitle, metric: 'views', columns: itemColumns(page.type, more.columns),
      controls: choices.length < 2 ? null : F.choice('Ranked by', choices.map(([key, one]) => [key, one.name]), measure, key => {
        measure = key;
        ranking.update(() => mostSeen(result.rows, measure, mostTitle));
      }),
    });
    const time = F.viewsOverTime && F.graph({
      kind: 'columns', title: 'Views over time', metric: 'views', columns: F.timeColumns('views'),
    });
    const list = F.table(itemColumns(page.type, more.columns), {
      caption: page.title, sort: 'views', searchLabel: 'Search ' + many.toLowerCase(), search: row => row.item.title,
    });
    const chooser = F.combo('Show', 'All ' + many.toLowerCase(), () => F.itemsOf(page.type), key => F.goTo({ item: key === null ? null : F.meta.items[key].id }));
    const rankingBox = h('div', null, ranking.element);

    // The tiles of a range.
    const empty = { views: 0, users: 0, seconds: 0, average_seconds: null, known_share: null };
    const totalOf = found => (item === null ? found : found.rows.find(row => row.key === item) || empty);
    const tiles = (found, of) => tilesOf({ ...totalOf(found), tiles: more.tiles ? more.tiles(found, item, of) : [] }, many,
      item === null ? F.countOf(found.rows) : null);

    function draw() {
      const total = totalOf(result);
      const name = item === null ? '' : ': ' + itemTitle(F.meta.items[item]);
      top.replaceChildren(
        item === null ? '' : h('h2.item', null, F.link(itemTitle(F.meta.items[item]), F.meta.items[item].url)),
        F.tiles(tiles(result, days), F.beside(then => tiles(F.content(then, page.type), then))));
      facts.replaceChildren(F.facts(days, F.basedOn(total.views, 'views')));
      rankingBox.hidden = list.element.hidden = item !== null;
      const accepts = item === null ? key => F.meta.items[key].type === page.type : key => key === item;
      list.update(result.rows);
      return Promise.all([
        ranking.update(() => mostSeen(result.rows, measure, mostTitle)),
        time && time.update(() => ({ ...F.timeContent(F.viewsOverTime(days, accepts), 'Views', F.beside(then => F.viewsOverTime(then, accepts))), title: 'Views over time' + name })),
        ...(more.sections || []).map(section => section.update(days, item)),
      ]);
    }

    return {
      element: h('div', null, chooser.element, top, facts, rankingBox, time && time.element,
        list.element, (more.sections || []).map(section => section.element)),
      update(next) {
        days = next;
        item = F.itemNumber(page.type);
        chooser.set(item);
        result = F.content(days, page.type);
        return draw();
      },
    };
  };

  // The number of the item in the address; null where the type has none of that id.
  F.itemNumber = function (type) {
    const at = F.state.item === null ? -1 : F.meta.items.findIndex(one => one.type === type && one.id === F.state.item);
    return at < 0 ? null : at;
  };

  // The entries of the drop-down: every item of the type, in order of title.
  const itemLists = new Map();
  const byTitle = new Intl.Collator('en', { numeric: true });
  F.itemsOf = function (type) {
    if (!itemLists.has(type)) {
      const found = F.meta.items.map((one, key) => ({ key, text: F.oneLine(itemTitle(one)), type: one.type }))
        .filter(one => one.type === type);
      itemLists.set(type, found.sort((a, b) => byTitle.compare(a.text, b.text) || a.key - b.key));
    }
    return itemLists.get(type);
  };
})(window.Footfall);
