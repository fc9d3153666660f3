// Tables as CSV, by the rules of the CSV files of an export (exports/tables/text.py): RFC 4180, UTF-8 with a byte order mark; a
// field that a spreadsheet would take for a formula gets an apostrophe.
(function (F) {
  'use strict';
  const { h } = F;
  const FORMULA = /^['\t\r\n]|^[\s\u0085\u001c-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;
  const visible = text => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\ufffe\uffff]/g, '\ufffd');

  F.csvText = function (value) {
    const text = visible(String(value));
    const safe = FORMULA.test(text) ? "'" + text : text;
    return /[\r\n",]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
  };

  const UNITS = { seconds: ' (seconds)', minutes: ' (minutes)' };
  const isNumber = column => column.unit && column.unit !== 'text' && column.unit !== 'date';

  function field(column, row) {
    const value = column.value(row);
    if (value === null || value === undefined || Number.isNaN(value)) return '';
    if (isNumber(column)) return String(value);
    const cell = column.unit === 'date' || typeof value === 'number' ? column.cell(row) : value;
    return F.csvText(typeof cell === 'string' ? cell : cell.textContent);
  }

  // Numbers are whole, not rounded as on the page; what is not known or not shown is empty.
  F.csv = (columns, rows) => '\ufeff' + [columns.map(column => F.csvText(column.title + (UNITS[column.unit] || ''))),
    ...rows.map(row => columns.map(column => field(column, row)))].map(line => line.join(',') + '\r\n').join('');

  F.download = function (blob, name) {
    const url = URL.createObjectURL(blob);
    const link = h('a', { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 30000);
  };
  F.slug = text => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'graph';
})(window.Footfall);
