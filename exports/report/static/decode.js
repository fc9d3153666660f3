// Reads the data block: base64 of gzip of [4 bytes length of the JSON][JSON][columns as byte planes].
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

  // One column, see encode.py: w planes of n bytes, lowest byte first; d = running differences.
  function readColumn(bytes, spec) {
    const { at, n, w, d } = spec;
    const out = w > 4 || d ? new Float64Array(n) : w > 2 ? new Uint32Array(n) : w > 1 ? new Uint16Array(n)
      : bytes.slice(at, at + n);
    if (w > 1 || d) {
      let factor = 1;
      for (let plane = 0; plane < w; plane++, factor *= 256) {
        const from = at + plane * n;
        for (let i = 0; i < n; i++) out[i] += bytes[from + i] * factor;
      }
    }
    if (d) for (let i = 1; i < n; i++) out[i] += out[i - 1];
    return out;
  }

  // A table whose columns are decoded when first asked for.
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

  F.readData = async function (id) {
    const bytes = await F.unpack(id);
    const size = new DataView(bytes.buffer).getUint32(0, true);
    const meta = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
    const body = bytes.subarray(4 + size);
    const tables = {};
    for (const [name, columns] of Object.entries(meta.index)) tables[name] = lazyTable(body, columns);
    F.expand(meta, tables);
    return { meta, tables };
  };
})(window.Footfall = window.Footfall || {});
