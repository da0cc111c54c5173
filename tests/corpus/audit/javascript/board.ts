interface SupportSession {
  lsid: string;
  lseq?: number;
  started: Date;
  minutes: number;
}

export class Board {
  private readonly byLsid = new Map<string, SupportSession>();

  add(session: SupportSession): void {
    this.byLsid.set(session.lsid, session);
  }

  latest(count: number): SupportSession[] {
    return [...this.byLsid.values()]
      .sort((a, b) => b.started.getTime() - a.started.getTime() || a.lsid.localeCompare(b.lsid))
      .slice(0, count);
  }

  minutes(): number {
    return [...this.byLsid.values()].reduce((sum, session) => sum + session.minutes, 0);
  }

  isNew(lsid: string): boolean {
    return lsid.length > 0 && !this.byLsid.has(lsid);
  }
}
