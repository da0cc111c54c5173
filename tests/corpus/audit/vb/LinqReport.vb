Imports System.Linq
Imports System.Xml.Linq

Module LinqReport

    Sub Main(args As String())
        Dim doc As XDocument = XDocument.Load(args(0))
        Dim config As XDocument = XDocument.Load("report.config.xml")
        Dim limit As Integer = Integer.Parse(config.Root.Element("limit").Value)

        Dim query = From s In doc.Descendants("session")
                    Let id = s.Attribute("lsid").Value
                    Where s.HasElements
                    Select id

        Dim shown As Integer = 0
        For Each id As String In query.Take(limit)
            shown += 1
            Console.WriteLine("{0,4} {1}", shown, id)
        Next

        Dim newest As String = doc.Root.Elements().Max(Function(x) x.Attribute("lsid").Value)
        Console.WriteLine("newest session: {0}", newest)

        Dim wanted As Integer
        If args.Length > 1 AndAlso Integer.TryParse(args(1), wanted) Then
            For Each s As XElement In doc.Root.Elements()
                If Convert.ToInt32(s.Attribute("lsid").Value) = wanted Then
                    Console.WriteLine(s)
                End If
            Next
        End If
    End Sub

End Module
