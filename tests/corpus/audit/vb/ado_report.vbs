Option Explicit
Const adVarChar = 200
Const adParamInput = 1
Const adInteger = 3

Dim con, cmd, rs, ticket
ticket = CLng(WScript.Arguments(0))

Set con = CreateObject("ADODB.Connection")
con.Open "DSN=bomgar"

Set cmd = CreateObject("ADODB.Command")
Set cmd.ActiveConnection = con
cmd.CommandText = "SELECT s.lsid, s.start_time, s.duration FROM session s " & _
    "JOIN ticket_link t ON t.lsid = s.lsid " & _
    "WHERE t.ticket_no = ? ORDER BY s.start_time, s.lsid"
cmd.Parameters.Append cmd.CreateParameter("ticket", adInteger, adParamInput, , ticket)
Set rs = cmd.Execute
Do Until rs.EOF
    WScript.Echo rs("lsid") & "  " & rs("start_time") & "  " & Int(rs("duration") / 60) & " min"
    Note CStr(rs("lsid"))
    rs.MoveNext
Loop
rs.Close
con.Close

Sub Note(lsid)
    Dim c
    Set c = CreateObject("ADODB.Command")
    Set c.ActiveConnection = con
    c.CommandText = "UPDATE session_seen SET views = views + 1 WHERE lsid = ?"
    c.Parameters.Append c.CreateParameter("lsid", adVarChar, adParamInput, 32, lsid)
    c.Execute
End Sub
