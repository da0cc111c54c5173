'use strict';

const https = require('https');
const fs = require('fs');
const { parseString } = require('xml2js');

const HOST = process.env.SUPPORT_HOST || 'support.example.com';
const STATE = './last.json';

function get(path) {
  return new Promise((resolve, reject) => {
    https.get({ host: HOST, path }, (res) => {
      let body = '';
      res.on('data', (d) => { body += d; });
      res.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

function parse(xml) {
  return new Promise((resolve, reject) => {
    parseString(xml, (err, doc) => (err ? reject(err) : resolve(doc)));
  });
}

async function main() {
  const last = fs.existsSync(STATE) ? JSON.parse(fs.readFileSync(STATE, 'utf8')) : { lsid: '' };
  const doc = await parse(await get('/api/reporting?generate_report=SupportSession&start_date=2024-01-01&duration=0'));
  const sessions = (doc.session_list.session || []).map((s) => ({
    lsid: parseInt(s.$.lsid, 10),
    started: parseInt(s.start_time[0].$.timestamp, 10),
    ticket: s.external_key[0],
  }));
  const fresh = sessions.filter((s) => s.lsid > last.lsid);
  fresh.sort((a, b) => (a.lsid < b.lsid ? -1 : 1));
  fresh.forEach((s) => console.log(s.lsid, s.ticket, new Date(s.started * 1000).toISOString()));
  if (fresh.length) {
    fs.writeFileSync(STATE, JSON.stringify({ lsid: fresh[fresh.length - 1].lsid }));
  }
}

main().catch((e) => { console.error(e); process.exit(1); });
