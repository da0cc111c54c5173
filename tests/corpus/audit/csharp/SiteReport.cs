using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Contoso.Support.Tools
{
    public static class SiteReport
    {
        private static IEnumerable<XElement> Named(XContainer parent, string name)
        {
            return parent.Descendants().Where(e => e.Name.LocalName == name);
        }

        public static int Main(string[] args)
        {
            XElement config = XElement.Load("report.config");
            int limit = int.Parse(config.Element("limit").Value);
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            var perSite = new SortedDictionary<string, int>();

            foreach (string file in Directory.GetFiles(args[0], "*.xml").OrderBy(f => f))
            {
                foreach (XElement session in Named(XDocument.Load(file), "session").Take(limit))
                {
                    string lsid = (string)session.Attribute("lsid");
                    if (!seen.Add(lsid))
                        continue;
                    string site = Named(session, "public_site").Select(e => e.Value).FirstOrDefault() ?? "(none)";
                    int old;
                    perSite.TryGetValue(site, out old);
                    perSite[site] = old + 1;
                }
            }

            foreach (var pair in perSite)
                Console.WriteLine("{0,-30}{1,6}", pair.Key, pair.Value);
            Console.WriteLine("{0} sessions (Convert.ToInt32(lsid) removed)", seen.Count);
            return 0;
        }
    }
}
