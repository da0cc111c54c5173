using System;
using System.Collections.Generic;
using System.Xml;

namespace Contoso.Support.Tools
{
    /// <summary>Reads our own settings and walks a session report with a reader.</summary>
    public class SettingsAndReport
    {
        public int MaxRows { get; private set; }
        public string MailTo { get; private set; }

        public void LoadSettings(string path)
        {
            var settings = new XmlDocument();
            settings.Load(path);
            MaxRows = int.Parse(settings.SelectSingleNode("/settings/maxRows").InnerText);
            MailTo = settings.SelectSingleNode("/settings/mailTo").InnerText;
        }

        public IEnumerable<string> ReadLsids(string path)
        {
            int seen = 0;
            using (XmlReader reader = XmlReader.Create(path))
            {
                while (reader.Read() && seen < MaxRows)
                {
                    if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "session")
                    {
                        seen++;
                        yield return reader.GetAttribute("lsid");
                    }
                }
            }
        }

        public int CountReps(string path)
        {
            var doc = new XmlDocument();
            doc.Load(path);
            XmlNodeList reps = doc.SelectNodes("//*[local-name()='rep_list']/*[local-name()='representative']");
            XmlNodeList sessions = doc.GetElementsByTagName("session");
            return sessions.Count == 0 ? 0 : reps.Count / sessions.Count;
        }
    }
}
