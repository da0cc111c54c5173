using System;
using System.Collections.Generic;
using System.Data;
using System.Data.SqlClient;
using System.Linq;
using System.Xml.Linq;

namespace Acme.Support
{
    public class SessionRow
    {
        public int Id { get; set; }
        public long Lsid { get; set; }
        public int? Lseq { get; set; }
        public string ExternalKey { get; set; }
        public DateTime Started { get; set; }
    }

    public class SessionRepository
    {
        private readonly string _connection;
        public SessionRepository(string connection) { _connection = connection; }

        public IEnumerable<SessionRow> Parse(XDocument answer)
        {
            foreach (var element in answer.Root.Elements("session"))
            {
                yield return new SessionRow
                {
                    Lsid = Convert.ToInt64(element.Attribute("lsid").Value),
                    ExternalKey = (string)element.Element("external_key"),
                    Started = DateTimeOffset.FromUnixTimeSeconds(
                        long.Parse(element.Element("start_time").Attribute("timestamp").Value)).UtcDateTime,
                };
            }
        }

        public SessionRow Newest(IEnumerable<SessionRow> rows)
        {
            return rows.OrderByDescending(r => r.Lsid).FirstOrDefault();
        }

        public void Save(SessionRow row)
        {
            using (var connection = new SqlConnection(_connection))
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "UPDATE session SET external_key = @key WHERE lsid = @lsid";
                command.Parameters.Add("@key", SqlDbType.NVarChar, 80).Value = row.ExternalKey;
                command.Parameters.Add("@lsid", SqlDbType.BigInt).Value = row.Lsid;
                connection.Open();
                command.ExecuteNonQuery();
            }
        }
    }
}
