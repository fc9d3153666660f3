// Reads the data blocks: base64 of gzip of [4 bytes length of the JSON][JSON][columns as byte planes]. The first block
// holds what Insights needs; the others are unpacked when a page first needs them.
(function (F) {
  'use strict';

  function fromBase64(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    return bytes;
  }

  async function gunzip(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // One column, see encode.py: w planes of n bytes, lowest byte first; f = common factor; d = running differences; v = bytes of
  // a value.
  function readColumn(bytes, { at, n, w, f, d, v }) {
    if (w === 1 && !d && f === 1) return bytes.subarray(at, at + n);
    const out = v > 4 ? new Float64Array(n) : v > 2 ? new Uint32Array(n) : new Uint16Array(n);
    const [b, c, e] = [at + n, at + 2 * n, at + 3 * n];
    if (w === 1) for (let i = 0; i < n; i++) out[i] = bytes[at + i];
    else if (w === 2) for (let i = 0; i < n; i++) out[i] = bytes[at + i] + bytes[b + i] * 256;
    else if (w === 3) for (let i = 0; i < n; i++) out[i] = bytes[at + i] + bytes[b + i] * 256 + bytes[c + i] * 65536;
    else {
      for (let i = 0; i < n; i++) out[i] = bytes[at + i] + bytes[b + i] * 256 + bytes[c + i] * 65536 + bytes[e + i] * 16777216;
      for (let plane = 4, factor = 2 ** 32; plane < w; plane++, factor *= 256) {
        for (let i = 0; i < n; i++) out[i] += bytes[at + plane * n + i] * factor;
      }
    }
    if (d) for (let i = 1; i < n; i++) out[i] += out[i - 1];
    if (f > 1) for (let i = 0; i < n; i++) out[i] *= f;
    return out;
  }

  // A table whose columns are decoded when first used.
  function lazyTable(bytes, columns) {
    const table = { length: 0 };
    for (const [name, spec] of Object.entries(columns)) {
      table.length = Math.max(table.length, spec.n);
      let values = null;
      Object.defineProperty(table, name, { get: () => (values = values || readColumn(bytes, spec)) });
    }
    return table;
  }

  F.blockText = id => document.getElementById(id).textContent.trim();
  F.unpack = async id => gunzip(fromBase64(F.blockText(id)));
  F.tables = {};

  // The blocks but the first stand behind the program; the browser may still be reading them.
  const whole = new Promise(done => {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', done, { once: true });
    else done();
  });

  // Reads a block once: its texts go to F.meta, its tables to F.tables.
  const read = new Map();
  async function readBlock(id) {
    if (id !== 'first') await whole;
    const bytes = await F.unpack('data-' + id);
    document.getElementById('data-' + id).remove();
    const size = new DataView(bytes.buffer).getUint32(0, true);
    const { index, ...meta } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
    const body = bytes.subarray(4 + size);
    const tables = {};
    for (const [name, columns] of Object.entries(index)) tables[name] = lazyTable(body, columns);
    F.meta = Object.assign(F.meta || {}, meta);
    Object.assign(F.tables, tables);
  }
  F.need = function (...ids) {
    for (const id of ids) if (!read.has(id)) read.set(id, readBlock(id));
    return Promise.all(ids.map(id => read.get(id)));
  };
})(window.Footfall = window.Footfall || {});
