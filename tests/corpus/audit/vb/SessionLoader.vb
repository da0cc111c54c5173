Imports System.Collections.Generic
Imports System.Data.SqlClient
Imports System.Xml

Public Class SessionLoader

    Private ReadOnly _connection As String

    Public Sub New(connection As String)
        _connection = connection
    End Sub

    Public Function Load(path As String) As Integer
        Dim doc As New XmlDocument()
        doc.Load(path)
        Dim count As Integer = 0
        Using con As New SqlConnection(_connection)
            con.Open()
            For Each node As XmlNode In doc.SelectNodes("/session_list/session")
                Dim lsid As Integer = CInt(node.Attributes("lsid").Value)
                Using cmd As New SqlCommand("INSERT INTO staging (session_no, raw) VALUES (@no, @raw)", con)
                    cmd.Parameters.AddWithValue("@no", lsid)
                    cmd.Parameters.AddWithValue("@raw", node.OuterXml)
                    count += cmd.ExecuteNonQuery()
                End Using
            Next
        End Using
        Return count
    End Function

    Public Function LatestSql(rows As Integer) As String
        Return "SELECT TOP " & rows & " lsid, start_time, external_key FROM session" &
            " WHERE external_key IS NOT NULL" &
            " ORDER BY lsid DESC"
    End Function

End Class
