using System;
using System.IO;
using System.Net;
using System.Xml;

namespace ChatExport
{
    internal static class Program
    {
        private const string Base = "https://support.example.com/api/reporting";

        private static int Main(string[] args)
        {
            string folder = args.Length > 0 ? args[0] : ".";
            string day = DateTime.Today.AddDays(-1).ToString("yyyy-MM-dd");
            var doc = new XmlDocument();
            using (var client = new WebClient())
            {
                doc.LoadXml(client.DownloadString(Base + "?generate_report=SupportSession&start_date=" + day + "&duration=0"));
            }

            var nsm = new XmlNamespaceManager(doc.NameTable);
            nsm.AddNamespace("a", "https://www.beyondtrust.com/namespaces/API/reporting");

            foreach (XmlNode session in doc.SelectNodes("//a:session", nsm))
            {
                string lsid = session.Attributes["lsid"].Value;
                XmlNode key = session.SelectSingleNode("external_key");
                string file = string.Format("{0:D10}.txt", int.Parse(lsid));
                File.WriteAllText(Path.Combine(folder, file), (key == null ? "" : key.InnerText) + Environment.NewLine + session.InnerText);
                Console.WriteLine(file);
            }
            return 0;
        }
    }
}
