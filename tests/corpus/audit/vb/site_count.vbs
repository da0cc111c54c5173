Option Explicit

' Counts the sessions of every public site in a saved report.
Dim doc, sessions, node, sites, seen, lsid, site, key
Set doc = CreateObject("MSXML2.DOMDocument.6.0")
doc.async = False
doc.load WScript.Arguments(0)

Set sites = CreateObject("Scripting.Dictionary")
Set seen = CreateObject("Scripting.Dictionary")
seen.CompareMode = 1

Set sessions = doc.getElementsByTagName("session")
For Each node In sessions
    lsid = CStr(node.getAttribute("lsid"))
    If Len(lsid) = 32 And Not seen.Exists(lsid) Then
        seen.Add lsid, True
        site = SiteOf(node)
        If sites.Exists(site) Then
            sites(site) = CInt(sites(site)) + 1
        Else
            sites.Add site, 1
        End If
    End If
Next

For Each key In sites.Keys
    WScript.Echo Left(key & Space(30), 30) & Right(Space(6) & sites(key), 6)
Next
WScript.Echo "sessions in all: " & seen.Count

Function SiteOf(parent)
    Dim hit
    Set hit = parent.selectSingleNode("*[local-name()='public_site']")
    If hit Is Nothing Then
        SiteOf = "(none)"
    Else
        SiteOf = hit.text
    End If
End Function
