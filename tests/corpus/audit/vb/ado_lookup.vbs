Option Explicit

Dim con, rs, cmd, lastId, total
Set con = CreateObject("ADODB.Connection")
con.Open "Provider=SQLOLEDB;Data Source=SQL01;Initial Catalog=bomgar;Integrated Security=SSPI"

lastId = ReadState()
total = 0

Set rs = con.Execute("SELECT lsid, lseq, duration, external_key FROM session WHERE duration > 60 AND lsid > '" & lastId & "'")
Do Until rs.EOF
    total = total + CLng(rs("duration"))
    WScript.Echo rs("external_key") & " " & FileNo(rs)
    lastId = rs("lsid")
    rs.MoveNext
Loop
rs.Close

Set cmd = CreateObject("ADODB.Command")
Set cmd.ActiveConnection = con
cmd.CommandText = "UPDATE sync_state SET last_run = GETDATE() WHERE id = 1"
cmd.Execute
cmd.CommandText = "UPDATE session_copy SET done = 1 WHERE lsid = ?"
cmd.Parameters.Append cmd.CreateParameter("lsid", 200, 1, 16, lastId)
cmd.Execute

WScript.Echo "minutes: " & total \ 60

Function FileNo(r)
    FileNo = "rec-" & (r.Fields("lsid").Value Mod 1000) & ".flv"
End Function

Function ReadState()
    Dim s
    Set s = con.Execute("SELECT last_lsid FROM sync_state WHERE id = 1")
    ReadState = CStr(s(0))
    s.Close
End Function
