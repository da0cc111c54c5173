Imports System.Data
Imports System.Data.SqlClient
Imports System.IO

Public Class DurationReport

    Private Const Query As String =
        "SELECT lsid, lseq, start_time, duration, external_key " &
        "FROM session " &
        "WHERE start_time >= @from AND duration > 0 " &
        "ORDER BY start_time, lseq, lsid"

    Public Function Write(connection As String, target As String, fromDate As Date) As Integer
        Dim lines As Integer = 0
        Using con As New SqlConnection(connection), writer As New StreamWriter(target)
            con.Open()
            Dim cmd As New SqlCommand(Query, con)
            cmd.Parameters.Add("@from", SqlDbType.DateTime).Value = fromDate
            Using rd As SqlDataReader = cmd.ExecuteReader()
                While rd.Read()
                    Dim lsid As String = rd("lsid").ToString()
                    Dim minutes As Integer = CInt(rd("duration")) \ 60
                    writer.WriteLine("{0};{1:s};{2}", lsid, rd("start_time"), minutes)
                    lines += 1
                End While
            End Using
        End Using
        Return lines
    End Function

    Public Function OneSession(con As SqlConnection, lsid As String) As DataRow
        If lsid.Length <> 32 Then Throw New ArgumentException("CInt(lsid) is refused, 32 characters needed")
        Dim adapter As New SqlDataAdapter("SELECT * FROM session WHERE lsid = @lsid", con)
        adapter.SelectCommand.Parameters.Add("@lsid", SqlDbType.VarChar, 32).Value = lsid
        Dim table As New DataTable()
        adapter.Fill(table)
        Return If(table.Rows.Count = 0, Nothing, table.Rows(0))
    End Function

End Class
