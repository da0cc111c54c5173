import axios from 'axios';
import { XMLParser } from 'fast-xml-parser';

export interface SupportSession {
  lsid: number;
  lseq: number;
  sessionType: 'support' | 'presentation';
  startTime: Date;
  ticket?: string;
}

export class SessionClient {
  private readonly parser = new XMLParser({ ignoreAttributes: false });
  private cache = new Map<number, SupportSession>();

  constructor(private host: string, private timeoutMs = 30000) {}

  async load(day: string): Promise<SupportSession[]> {
    const { data } = await axios.get(`https://${this.host}/api/reporting`, {
      params: { generate_report: 'SupportSession', start_date: day, duration: 86400 },
      timeout: this.timeoutMs,
    });
    const list: any[] = [].concat(this.parser.parse(data).session_list.session ?? []);
    return list.map((s) => this.convert(s));
  }

  private convert(s: any): SupportSession {
    const session: SupportSession = {
      lsid: +s['@_lsid'],
      lseq: Number(s.lseq),
      sessionType: s.session_type,
      startTime: new Date(Number(s.start_time['@_timestamp']) * 1000),
      ticket: s.external_key,
    };
    this.cache.set(session.lseq, session);
    return session;
  }

  find(lseq: number): SupportSession | undefined {
    return this.cache.get(lseq);
  }
}
