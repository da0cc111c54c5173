Imports System.Data.SqlClient
Imports System.Xml

Module Import
    Private Const Url As String = "https://support.example.com/api/reporting"

    Sub Load(document As XmlDocument, connection As SqlConnection)
        Dim nodes As XmlNodeList = document.SelectNodes("//session")
        For Each node As XmlNode In nodes
            Dim lsid As Integer = CInt(node.Attributes("lsid").Value)
            Dim ticket As String = node.Item("external_key").InnerText
            Dim files As Integer = CInt(node.Item("file_transfer_count").InnerText)
            Dim command As New SqlCommand("INSERT INTO session (lsid, external_key) VALUES (@lsid, @key)", connection)
            command.Parameters.AddWithValue("@lsid", lsid)
            command.Parameters.AddWithValue("@key", ticket)
            command.ExecuteNonQuery()
        Next
    End Sub

    Function IsKnown(sessionLsid As String, known As HashSet(Of String)) As Boolean
        Return known.Contains(sessionLsid)
    End Function
End Module
