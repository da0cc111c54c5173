using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace Contoso.Support.Reports
{
    public static class CsvWriter
    {
        private static readonly Regex LsidPattern = new Regex("^[0-9a-fA-F]{32}$", RegexOptions.Compiled);
        private static readonly Regex Ticket = new Regex(@"^TICKET-(\d+)$");

        public static int Write(TextWriter w, IEnumerable<SessionRow> rows)
        {
            int written = 0;
            w.WriteLine("lsid;lseq;start;minutes;ticket");
            foreach (var group in rows.GroupBy(r => new { r.Lsid, r.Lseq }))
            {
                SessionRow row = group.First();
                if (!LsidPattern.IsMatch(row.Lsid))
                    continue;
                Match m = Ticket.Match(row.ExternalKey ?? "");
                int ticket = m.Success ? int.Parse(m.Groups[1].Value) : 0;
                w.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0};{1};{2:s};{3:F0};{4}",
                    row.Lsid, row.Lseq, row.Start, row.Duration.TotalMinutes, ticket));
                written++;
            }
            return written;
        }

        public static SessionRow Longest(IEnumerable<SessionRow> rows)
        {
            TimeSpan max = rows.Max(r => r.Duration);
            return rows.Where(r => r.Duration == max).OrderBy(r => r.Start).ThenBy(r => r.Lsid).First();
        }

        public static bool Same(SessionRow a, SessionRow b)
        {
            return string.Equals(a.Lsid, b.Lsid, StringComparison.OrdinalIgnoreCase);
        }
    }
}
