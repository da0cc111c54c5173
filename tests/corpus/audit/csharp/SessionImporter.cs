using System;
using System.Collections.Generic;
using System.Data;
using System.Data.SqlClient;
using System.Globalization;
using System.Xml.Linq;

namespace Contoso.Support.Reports
{
    /// <summary>Loads a session report into the staging table.</summary>
    public class SessionImporter
    {
        private readonly string connectionString;

        public SessionImporter(string connectionString)
        {
            this.connectionString = connectionString;
        }

        public int Import(string path)
        {
            XDocument doc = XDocument.Load(path);
            int count = 0;
            using (var con = new SqlConnection(connectionString))
            {
                con.Open();
                foreach (XElement node in doc.Root.Elements("session"))
                {
                    int lsid = Convert.ToInt32(node.Attribute("lsid").Value);
                    Insert(con, lsid, node);
                    count++;
                }
            }
            return count;
        }

        private static void Insert(SqlConnection con, object key, XElement node)
        {
            using (var cmd = new SqlCommand("INSERT INTO staging (lsid, raw, size) VALUES (@lsid, @raw, @size)", con))
            {
                cmd.Parameters.Add("@lsid", SqlDbType.Int).Value = key;
                cmd.Parameters.Add("@raw", SqlDbType.NVarChar, -1).Value = node.ToString();
                cmd.Parameters.Add("@size", SqlDbType.Int).Value = node.ToString().Length;
                cmd.ExecuteNonQuery();
            }
        }
    }
}
