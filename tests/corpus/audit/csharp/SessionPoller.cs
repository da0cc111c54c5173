using System;
using System.Collections.Generic;
using System.Linq;
using System.Timers;

namespace Monitor
{
    public class Session
    {
        public string Lsid { get; set; }
        public int Lseq { get; set; }
        public string Key { get; set; }
        public DateTime Started { get; set; }
    }

    public class SessionPoller
    {
        private readonly Timer timer = new Timer(60000);
        private readonly Func<DateTime, IEnumerable<Session>> source;
        private string lastLsid = "";
        private int lastLseq;

        public SessionPoller(Func<DateTime, IEnumerable<Session>> source)
        {
            this.source = source;
            timer.Elapsed += (s, e) => Poll();
        }

        public void Start() { timer.Start(); }

        private void Poll()
        {
            var fresh = source(DateTime.UtcNow.AddHours(-1))
                .Where(s => string.CompareOrdinal(s.Lsid, lastLsid) > 0)
                .OrderBy(s => s.Started)
                .ToList();
            foreach (Session s in fresh)
            {
                if (lastLseq != 0 && s.Lseq != lastLseq + 1)
                    Console.Error.WriteLine("sessions missing before " + s.Key);
                lastLseq = s.Lseq;
                Console.WriteLine("{0:u} {1} {2}", s.Started, s.Lsid, s.Key);
            }
            if (fresh.Count > 0)
                lastLsid = fresh.Max(x => x.Lsid);
        }
    }
}
