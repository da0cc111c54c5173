# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failover pages written by hand, as different from each other as the public facts allow. Nobody has seen the real ones."""

from __future__ import annotations

#: 2011: nested tables, upper case, image buttons, a form each, a title row over each half; a backup.
OLD_EN_BACKUP = """<HTML><HEAD><TITLE>Bomgar - Failover</TITLE></HEAD><BODY><TABLE WIDTH=100%><TR><TD>
<A HREF="/login/status.ns">STATUS</A> | <A HREF="/login/management.ns">MANAGEMENT</A></TD></TR><TR><TD>
<TABLE><TR><TD COLSPAN=2><B>This Site</B></TD></TR><TR><TD>Host:</TD><TD>b.support.example.com</TD></TR>
<TR><TD>Role:</TD><TD>Backup</TD></TR><TR><TD COLSPAN=2><B>Peer Site</B></TD></TR>
<TR><TD>Host:</TD><TD>a.support.example.com</TD></TR><TR><TD>Role:</TD><TD>Primary</TD></TR>
<TR><TD>Time of Last Status Check:</TD><TD>2026-11-23 12:34:56 UTC</TD></TR>
<TR><TD>Last Data Sync:</TD><TD>2026-11-23 10:00:00 UTC</TD></TR>
<TR><TD>Last Data Sync Status:</TD><TD>Success</TD></TR></TABLE>
<FORM METHOD=POST ACTION="failover.ns"><INPUT TYPE=HIDDEN NAME="f[t]" VALUE="k1"><INPUT TYPE=IMAGE SRC=s.gif NAME="f[sync]" ALT="Sync Now"></FORM>
<FORM METHOD=POST ACTION="failover.ns"><INPUT TYPE=HIDDEN NAME="f[t]" VALUE="k2"><INPUT TYPE=CHECKBOX NAME="f[pull]" CHECKED>
Pull a data sync from the primary first <INPUT TYPE=IMAGE SRC=p.gif NAME="f[primary]" ALT="Become Primary"></FORM>
<FORM METHOD=POST ACTION="failover.ns"><INPUT TYPE=HIDDEN NAME="f[t]" VALUE="k3"><INPUT TYPE=IMAGE SRC=b.gif NAME="f[break]"
ALT="Break Failover Relationships"><INPUT TYPE=IMAGE SRC=r.gif NAME="f[reset]" ALT="Reset Failover"></FORM>
<B>History</B><TABLE BORDER=1><TR><TD>Time</TD><TD>Event</TD></TR><TR><TD>Data sync status</TD><TD>failed</TD></TR>
<TR><TD>2026-11-22 10:00:00 UTC</TD><TD>Data sync is running</TD></TR><TR><TD>Last Data Sync</TD><TD>2026-11-22 10:00:00 UTC</TD></TR>
</TABLE></TD></TR></TABLE></BODY></HTML>"""

#: Modern divisions, everything in one form, neighbours that must not be pressed, boxes of addresses in a table; a primary.
MODERN_EN_PRIMARY = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Failover</title></head><body>
<nav><a href="/login/status">Status</a><a href="/login/management">Management</a><a href="/login/failover">Failover</a></nav>
<main><h1>Failover</h1><form method="post" action="/login/failover"><input type="hidden" name="_csrf" value="n-9">
<section><h2>Status</h2>
<div class="r"><span>This host's role</span><span>Primary</span></div><div class="r"><span>Peer's role</span><span>Backup</span></div>
<div class="r"><span>Last status check</span><span>23 Nov 2026, 12:00:10</span></div>
<div class="r"><span>Last data sync</span><span>2026-11-23T10:00:00+01:00 (completed)</span></div>
<div class="r"><span>Automatic data sync</span><span>running every 60 minutes</span></div></section>
<section><h2>Actions</h2><button name="do" value="sync">Sync Now</button><button name="do" value="backup">Become Backup</button>
<label><input type="checkbox" name="first" value="1"> Perform data sync before becoming backup</label>
<label><input type="checkbox" name="auto" value="1" checked> Enable automatic data sync</label>
<button name="do" value="break">Break Failover Relationships</button><button name="do" value="reset">Reset Failover</button></section>
<section><h2>Shared IPs</h2><table><thead><tr><th>IP address</th><th>Interface</th><th>Enabled</th></tr></thead><tbody>
<tr><td>192.0.2.10</td><td>eth0</td><td><input type="checkbox" name="ip[]" value="7" checked></td></tr>
<tr><td>192.0.2.11</td><td>eth0</td><td><input type="checkbox" name="ip[]" value="8"></td></tr></tbody></table>
<button name="do" value="ips">Save</button></section>
<section><h2>Backup Settings</h2><label>Data sync interval <input name="interval" value="60"></label>
<label><input type="checkbox" name="test" value="1" checked> Test 198.51.100.9</label><button name="do" value="settings">Save</button></section>
</form><h2>Status History</h2><ul><li>2026-11-22 10:00:00 - Data sync: failed</li><li>Last data sync status: failed</li>
<li>A data sync is running</li></ul></main></body></html>"""

#: Definition lists, Italian; no word of a role but in a sentence.
DL_IT_PRIMARY = """<html><head><title>Gestione</title></head><body><a href=/login/stato>Stato</a> <a href=/login/gestione>Gestione</a>
<h2>Failover</h2><p>Questo sito è il primario. Il peer risponde.</p>
<dl><dt>Ultimo controllo dello stato</dt><dd>23/11/2026 12:00</dd><dt>Ultima sincronizzazione dei dati</dt><dd>23/11/2026 11:00</dd>
<dt>Stato ultima sincronizzazione</dt><dd>Riuscita</dd></dl>
<form method=post action=/login/fo><input type=hidden name=t value=1><input type=submit name=s value="Sincronizza ora">
<input type=submit name=i value="Interrompi relazioni di failover"></form>
<form method=post action=/login/fo><input type=hidden name=t value=2><input type=checkbox name=c id=c>
<label for=c>Esegui prima una sincronizzazione dei dati</label><input type=submit name=d value="Diventa backup"></form>
<form method=post action=/login/fo><input type=hidden name=t value=3><h3>IP condivisi</h3><input type=checkbox name=a value=1> 192.0.2.10<br>
<input type=checkbox name=b value=1 checked> 2001:db8::10<br><input type=text name=nota value=ciao>
<input type=submit value=Salva></form></body></html>"""

#: German, a table with a column for each site; a backup while a sync runs.
GRID_DE_BACKUP = """<!doctype html><html><head><meta charset=utf-8><title>Failover</title></head><body>
<ul><li><a href=/login/status>Status</a><li><a href=/login/verwaltung>Verwaltung</a></ul><h1>Failover</h1>
<table><tr><th></th><th>Dieser Standort</th><th>Gegenstelle</th></tr><tr><th>Hostname</th><td>b.example.com</td><td>backup-a.example.com</td></tr>
<tr><th>Rolle</th><td>Backup</td><td>Primär</td></tr></table>
<p>Status der letzten Datensynchronisierung: erfolgreich</p><p>Letzte Datensynchronisierung: 23.11.2026 10:00:00</p>
<p role=status>Die Datensynchronisierung läuft.</p>
<form method=post action=/login/f><button name=k value=s disabled>Jetzt synchronisieren</button>
<button name=k value=t>Failover-Beziehungen trennen</button></form>
<form method=post action=/login/f><button name=k value=p>Primär werden</button><br>
<input type=checkbox name=v value=1> Zuerst Daten synchronisieren</form></body></html>"""

#: No relationship: two fieldsets with the same labels.
FIELDSETS_EN_NONE = """<!doctype html><html><head><title>Failover</title></head><body><a href=/login/status>Status</a>
<a href=/login/management>Management</a><h1>Failover Configuration</h1><form method=post action=/login/establish>
<input type=hidden name=csrf value=z><fieldset><legend>Reverse connection details to this primary site</legend>
<label>Host name or IP <input name=r_host value=old.example.com></label><label>TLS port <input type=number name=r_port value=443></label></fieldset>
<fieldset><legend>New backup site connection details</legend><label>Host name or IP <input name=n_host></label>
<label>TLS port <input type=number name=n_port value=443></label></fieldset><label>Site note <input name=note value=kept></label>
<button name=go value=1>Establish Relationship</button><button name=go value=0>Reset Failover</button></form></body></html>"""

#: No relationship: two columns in a table, Italian, the words without any element of a heading.
COLUMNS_IT_NONE = """<HTML><HEAD><TITLE>Failover</TITLE></HEAD><BODY><A HREF=/login/stato>Stato</A> <A HREF=/login/gestione>Gestione</A>
<FORM METHOD=POST ACTION=/login/establish><INPUT TYPE=HIDDEN NAME=csrf VALUE=z><INPUT TYPE=HIDDEN NAME=note VALUE=kept><TABLE>
<TR><TD COLSPAN=2><B>Dettagli di connessione del nuovo sito di backup</B></TD>
<TD COLSPAN=2><B>Dettagli della connessione inversa a questo sito primario</B></TD></TR>
<TR><TD>Nome host o IP</TD><TD><INPUT NAME=n_host></TD><TD>Nome host o IP</TD><TD><INPUT NAME=r_host></TD></TR>
<TR><TD>Porta TLS</TD><TD><INPUT NAME=n_port></TD><TD>Porta TLS</TD><TD><INPUT NAME=r_port></TD></TR></TABLE>
<INPUT TYPE=IMAGE SRC=e.gif NAME=go ALT="Stabilisci relazione"></FORM></BODY></HTML>"""

#: No relationship: a row for each end, a column for each field; German.
ROWS_DE_NONE = """<html><head><meta charset=utf-8><title>Failover</title></head><body><a href=/login/status>Status</a>
<a href=/login/verwaltung>Verwaltung</a><form method=post action=/login/establish><input type=hidden name=csrf value=z>
<input type=hidden name=note value=kept><table><tr><th><th>Hostname oder IP-Adresse<th>TLS-Port</tr>
<tr><td>Verbindungsdetails des neuen Backup-Standorts<td><input name=n_host><td><input name=n_port size=5></tr>
<tr><td>Rückverbindungsdetails zu diesem Primärstandort<td><input name=r_host><td><input name=r_port size=5></tr></table>
<input type=submit name=go value="Beziehung herstellen"></form></body></html>"""

#: No relationship: everything on lines, the headings are bold text.
LINES_EN_NONE = """<html><head><title>Failover</title></head><body><a href=/login/status>Status</a> <a href=/login/management>Management</a>
<form method=post action=/login/establish><input type=hidden name=csrf value=z><input type=hidden name=note value=kept>
<b>New backup site connection details</b><br>Host: <input name=n_host> Port: <input name=n_port><br>
<b>Reverse connection details to this primary site</b><br>Host: <input name=r_host> Port: <input name=r_port><br>
<input type=submit name=go value="Establish Relationship"></form></body></html>"""

NONE = {
    "fieldsets": FIELDSETS_EN_NONE,
    "columns": COLUMNS_IT_NONE,
    "rows": ROWS_DE_NONE,
    "lines": LINES_EN_NONE,
}

SECURITY = """<!doctype html><html><head><title>Security</title></head><body><a href=/login/status>Status</a>
<a href=/login/management>Management</a><h1>Security</h1><form method=post action=/login/security><input type=hidden name=csrf value=z>
<label>Minimum password length <input name=len value=8></label>
<label>Inter-appliance Communication Pre-shared Key <input type=password name=psk></label>
<label><input type=checkbox name=hsts checked> Strict transport</label><button name=save value=1>Save</button></form></body></html>"""
