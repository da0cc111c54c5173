# /usr/bin/env node
'use strict';

const fs = require('fs');
const xpath = require('xpath');
const { DOMParser } = require('@xmldom/xmldom');

const file = process.argv[2];
const config = JSON.parse(fs.readFileSync('report.json', 'utf8'));

function text(node, path) {
  const found = xpath.select1(path, node);
  return found ? found.textContent : '';
}

const doc = new DOMParser().parseFromString(fs.readFileSync(file, 'utf8'), 'text/xml');
const byKey = {};

for (const s of xpath.select('//session', doc)) {
  const lsid = Number(s.getAttribute('lsid'));
  const bucket = Math.floor(lsid / 1000);
  const name = s.getElementsByTagName('external_key')[0].textContent;
  byKey[bucket] = byKey[bucket] || [];
  byKey[bucket].push(`${name}:${lsid}`);
}

const host = text(new DOMParser().parseFromString(config.server, 'text/xml'), '/server/host');
console.log('Report of', host);
for (const [bucket, names] of Object.entries(byKey)) {
  console.log(String(bucket).padStart(6, '0'), names.length, names.join(' '));
}
