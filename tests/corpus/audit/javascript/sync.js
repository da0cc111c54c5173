const xml2js = require('xml2js');
const { Pool } = require('pg');

const pool = new Pool();

async function load(text) {
  const answer = await xml2js.parseStringPromise(text);
  const sessions = (answer.session_list && answer.session_list.session) || [];
  const rows = sessions.map((session) => ({
    lsid: parseInt(session.$.lsid, 10),
    ticket: session.external_key && session.external_key[0],
    started: Number(session.start_time[0].$.timestamp),
  }));
  rows.sort((a, b) => a.lsid - b.lsid);
  return rows;
}

async function store(rows) {
  const known = await pool.query('SELECT coalesce(max(lsid), 0) AS last FROM session');
  const last = known.rows[0].last;
  let added = 0;
  for (const row of rows.filter((each) => each.lsid > last)) {
    await pool.query('INSERT INTO session (lsid, external_key) VALUES ($1, $2)', [row.lsid, row.ticket]);
    added += 1;
  }
  return added;
}

module.exports = { load, store };
