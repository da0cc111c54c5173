using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace Contoso.Support.Reports
{
    public sealed class SessionRow
    {
        public string Lsid { get; set; }
        public int Lseq { get; set; }
        public DateTime Start { get; set; }
        public TimeSpan Duration { get; set; }
        public string ExternalKey { get; set; }
    }

    public static class ReportReader
    {
        private static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        public static IList<SessionRow> Read(string path)
        {
            XDocument doc = XDocument.Load(path);
            XNamespace ns = doc.Root.Name.Namespace;
            return doc.Root.Elements(ns + "session")
                .Select(s => new SessionRow
                {
                    Lsid = (string)s.Attribute("lsid"),
                    Lseq = (int?)s.Element(ns + "lseq") ?? 0,
                    Start = Epoch.AddSeconds((long)s.Element(ns + "start_time").Attribute("timestamp")),
                    Duration = TimeSpan.Parse((string)s.Element(ns + "duration")),
                    ExternalKey = (string)s.Element(ns + "external_key")
                })
                .OrderBy(r => r.Start)
                .ThenBy(r => r.Lseq)
                .ThenBy(r => r.Lsid, StringComparer.Ordinal)
                .ToList();
        }

        public static IDictionary<string, SessionRow> ByLsid(IEnumerable<SessionRow> rows)
        {
            return rows.ToDictionary(r => r.Lsid, StringComparer.OrdinalIgnoreCase);
        }

        public static int Minutes(IEnumerable<SessionRow> rows)
        {
            return Convert.ToInt32(rows.Sum(r => r.Duration.TotalMinutes));
        }
    }
}
