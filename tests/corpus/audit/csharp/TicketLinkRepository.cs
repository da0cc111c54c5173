using System;
using System.Collections.Generic;
using System.Data;
using System.Data.SqlClient;

namespace HelpDesk.Data
{
    public class TicketLinkRepository
    {
        private const string SelectSql = @"
            SELECT s.id, s.lsid, s.lseq, s.start_time, t.ticket_no
            FROM session s
            JOIN ticket_link t ON t.lsid = s.lsid
            WHERE t.ticket_no = @ticket
            ORDER BY s.start_time, s.lseq";

        private readonly Func<SqlConnection> open;

        public TicketLinkRepository(Func<SqlConnection> open)
        {
            this.open = open;
        }

        public List<string> SessionsOf(int ticketNo)
        {
            var result = new List<string>();
            using (SqlConnection con = open())
            using (var cmd = new SqlCommand(SelectSql, con))
            {
                cmd.Parameters.Add("@ticket", SqlDbType.Int).Value = ticketNo;
                using (SqlDataReader rd = cmd.ExecuteReader())
                {
                    while (rd.Read())
                    {
                        int id = Convert.ToInt32(rd["id"]);
                        string lsid = (string)rd["lsid"];
                        result.Add($"{id}: {lsid}");
                    }
                }
            }
            return result;
        }

        public void Link(string lsid, int ticketNo)
        {
            if (lsid == null || lsid.Length != 32)
                throw new ArgumentException("LSID must have 32 characters, an int lsid is refused");
            using (SqlConnection con = open())
            using (var cmd = new SqlCommand("INSERT INTO ticket_link (lsid, ticket_no) VALUES (@lsid, @no)", con))
            {
                cmd.Parameters.Add("@lsid", SqlDbType.VarChar, 32).Value = lsid;
                cmd.Parameters.Add("@no", SqlDbType.Int).Value = ticketNo;
                cmd.ExecuteNonQuery();
            }
        }
    }
}
