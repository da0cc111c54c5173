Imports System.Collections.Generic
Imports System.Linq
Imports System.Xml.Linq

Public Class AxisReport

    Private ReadOnly _doc As XDocument
    Private ReadOnly _names As New Dictionary(Of String, Integer)

    Public Sub New(path As String)
        _doc = XDocument.Load(path)
    End Sub

    Public Sub Count()
        For Each s As XElement In _doc...<session>
            Dim first As String = s.@lsid
            If Not _names.ContainsKey(first) Then
                _names.Add(first, 0)
            End If
            _names(first) += 1
        Next
    End Sub

    Public Function Numbers() As List(Of Integer)
        Dim result As New List(Of Integer)
        For Each s As XElement In _doc.Root.Elements()
            result.Add(Integer.Parse(s.@lsid))
        Next
        Return result
    End Function

    Public Sub Print()
        For Each pair In _names.OrderByDescending(Function(p) p.Value).Take(20)
            Console.WriteLine("{0} {1,4}", pair.Key, pair.Value)
        Next
    End Sub

End Class
