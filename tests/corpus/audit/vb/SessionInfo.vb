Imports System.Globalization
Imports System.Linq
Imports System.Xml.Linq

Namespace Reports

    Public Class SessionInfo
        Public Property Lsid As String
        Public Property Lseq As Integer
        Public Property Started As DateTime
        Public Property Ticket As String

        Public ReadOnly Property TicketNumber As Integer
            Get
                If Ticket IsNot Nothing AndAlso Ticket.StartsWith("TICKET-") Then
                    Return CInt(Ticket.Substring(7))
                End If
                Return 0
            End Get
        End Property
    End Class

    Public Module SessionInfoReader

        ' Lsid As Integer was used up to 10.5
        Public Function Read(path As String) As List(Of SessionInfo)
            Dim doc As XDocument = XDocument.Load(path)
            Dim ns As XNamespace = doc.Root.Name.Namespace
            Dim result As New List(Of SessionInfo)
            For Each s As XElement In doc.Root.Elements(ns + "session")
                Dim stamp As Long = CLng(s.Element(ns + "start_time").Attribute("timestamp").Value)
                result.Add(New SessionInfo With {
                    .Lsid = s.Attribute("lsid").Value,
                    .Lseq = CInt(s.Element(ns + "lseq").Value),
                    .Started = New DateTime(1970, 1, 1).AddSeconds(stamp),
                    .Ticket = s.Element(ns + "external_key").Value})
            Next
            Return result.OrderBy(Function(r) r.Started).ThenBy(Function(r) r.Lsid).ToList()
        End Function

        Public Function Index(rows As IEnumerable(Of SessionInfo)) As Dictionary(Of String, SessionInfo)
            Return rows.ToDictionary(Function(r) r.Lsid)
        End Function

    End Module

End Namespace
