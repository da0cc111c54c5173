'use strict';

const fs = require('fs');
const path = require('path');
const libxmljs = require('libxmljs');
const mysql = require('mysql2/promise');

const ROOT = process.env.ARCHIVE || '/srv/archive';

function sessionsOf(file) {
  const doc = libxmljs.parseXml(fs.readFileSync(file, 'utf8'));
  const uri = doc.root().namespace() ? doc.root().namespace().href() : null;
  const found = uri ? doc.find('//r:session', { r: uri }) : doc.find('//*[local-name()="session"]');
  return found.map((s) => s.attr('lsid').value());
}

async function main() {
  const db = await mysql.createConnection({
    host: process.env.DB_HOST,
    port: Number(process.env.DB_PORT || 3306),
    user: 'archive',
    database: 'bomgar',
  });
  let missing = 0;
  for (const name of fs.readdirSync(ROOT).filter((f) => f.endsWith('.xml')).sort()) {
    for (const lsid of sessionsOf(path.join(ROOT, name))) {
      const [rows] = await db.execute('SELECT id, start_time FROM session WHERE lsid = ?', [lsid]);
      if (rows.length === 0) {
        missing += 1;
        console.warn('%s: %s is not in the database', name, lsid);
      } else {
        const year = new Date(rows[0].start_time).getFullYear();
        fs.mkdirSync(path.join(ROOT, String(year), lsid.slice(0, 2)), { recursive: true });
      }
    }
  }
  console.log('%d missing', missing);
  await db.end();
}

main();
