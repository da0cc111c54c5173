using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;

namespace Acme.Support
{
    /// <summary>Reads answers of any release: names only, whatever namespace they are in. An int lsid of old is text here.</summary>
    public static class AnswerReader
    {
        public static Dictionary<string, string> Tickets(XDocument answer)
        {
            return answer.Descendants()
                .Where(e => e.Name.LocalName == "session")
                .ToDictionary(e => e.Attribute("lsid").Value, e => Child(e, "external_key"));
        }

        private static string Child(XElement element, string name)
        {
            return element.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        }

        public static int Files(XElement session) => int.Parse(Child(session, "file_transfer_count") ?? "0");

        public static IList<string> Ordered(IEnumerable<XElement> sessions)
        {
            return sessions.OrderBy(s => Child(s, "start_time")).ThenBy(s => (string)s.Attribute("lsid"))
                .Select(s => s.Attribute("lsid").Value).ToList();
        }
    }
}
