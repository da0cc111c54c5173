Option Explicit

Const HOST = "support.example.com"
Const OUTFILE = "C:\Reports\sessions.csv"

Dim http, doc, fso, out, node, count
Set http = CreateObject("MSXML2.ServerXMLHTTP.6.0")
http.Open "GET", "https://" & HOST & "/api/reporting?generate_report=SupportSession&duration=86400&start_date=" & Yesterday(), False
http.Send

Set doc = CreateObject("MSXML2.DOMDocument.6.0")
doc.async = False
If Not doc.loadXML(http.responseText) Then
    WScript.Echo "no XML: " & doc.parseError.reason
    WScript.Quit 1
End If

Set fso = CreateObject("Scripting.FileSystemObject")
Set out = fso.OpenTextFile(OUTFILE, 8, True)
count = 0
For Each node In doc.selectNodes("//session")
    out.WriteLine CLng(node.getAttribute("lsid")) & ";" & Text(node, "external_key") & ";" & Text(node, "duration")
    count = count + 1
Next
out.Close
WScript.Echo CStr(count) & " sessions"

Function Text(parent, name)
    Dim list
    Set list = parent.getElementsByTagName(name)
    If list.length > 0 Then Text = list.item(0).text Else Text = ""
End Function

Function Yesterday()
    Dim d
    d = DateAdd("d", -1, Date)
    Yesterday = Year(d) & "-" & Right("0" & Month(d), 2) & "-" & Right("0" & Day(d), 2)
End Function
