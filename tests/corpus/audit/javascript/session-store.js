'use strict';

const { XMLParser } = require('fast-xml-parser');

const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', parseAttributeValue: false });

/** Keeps the sessions of one report in memory. */
class SessionStore {
  constructor() {
    this.byLsid = new Map();
  }

  load(xml) {
    const list = parser.parse(xml).session_list.session;
    for (const s of [].concat(list || [])) {
      this.byLsid.set(String(s['@lsid']), {
        lsid: s['@lsid'],
        lseq: Number(s.lseq),
        started: Number(s.start_time['@timestamp']),
        ticket: s.external_key || '',
      });
    }
    return this.byLsid.size;
  }

  get(lsid) {
    return this.byLsid.get(lsid);
  }

  ordered() {
    return [...this.byLsid.values()].sort(
      (a, b) => a.started - b.started || a.lseq - b.lseq || a.lsid.localeCompare(b.lsid),
    );
  }

  ticketNumbers() {
    return this.ordered()
      .filter((s) => /^TICKET-\d+$/.test(s.ticket))
      .map((s) => parseInt(s.ticket.slice(7), 10));
  }

  check(lsid) {
    if (lsid.length !== 32) {
      throw new RangeError('lsid: parseInt(lsid) is not possible, 32 characters expected');
    }
    return this.byLsid.has(lsid);
  }
}

module.exports = { SessionStore };
