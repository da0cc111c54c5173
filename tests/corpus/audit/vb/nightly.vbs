Option Explicit
Dim doc, node, lsid, total
Set doc = CreateObject("MSXML2.DOMDocument.6.0")
doc.load "C:\answers\today.xml"
total = 0
For Each node In doc.getElementsByTagName("session")
    lsid = node.getAttribute("lsid")
    If IsNumeric(lsid) Then
        total = total + 1
        WScript.Echo "Session " & lsid & " is " & (CLng(lsid) - 100000) & " since the move"
    End If
Next
WScript.Echo total & " sessions"
