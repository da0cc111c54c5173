# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages written by hand, as different from each other as the public facts allow. Nobody has seen the real ones."""

from __future__ import annotations

BLOCKED_EN = (
    "3.2.4 does not satisfy 11.1.1's requirements. Please install any other available package by clicking "
    '"Install this Update".'
)

LOGIN_EN = """<!doctype html><html><head><title>BeyondTrust Appliance</title></head><body>
<h1>Appliance Administration</h1>
<form method="post" action="/appliance/login.ns">
  <input type="hidden" name="csrf" value="t-1">
  <label for="u">Username</label><input id="u" name="login[username]">
  <label for="p">Password</label><input id="p" type="password" name="login[password]">
  <button name="login[submit]" value="Login">Login</button>
</form>
<form method="post" action="/appliance/login.ns">
  <h2>Change password</h2>
  Current <input type="password" name="login[use_curr]"> New <input type="password" name="login[new]">
  Again <input type="password" name="login[new2]"><input type="submit" name="login[submit]" value="Login">
</form></body></html>"""

#: 2011: nested tables, upper case, no quotes, Latin-1.
UPDATES_IT_2011 = """<HTML><HEAD><META HTTP-EQUIV=Content-Type CONTENT="text/html; charset=iso-8859-1">
<TITLE>Bomgar - Aggiornamenti</TITLE></HEAD><BODY><TABLE WIDTH=100%><TR><TD>
<A HREF="/appliance/status.ns">STATO</A> | <A HREF="/appliance/account.ns">IL MIO ACCOUNT</A> |
<A HREF="/appliance/support.ns"><B>ASSISTENZA</B></A></TD></TR><TR><TD>
<A HREF="/appliance/utilities.ns">UTILITIES</A> | <A HREF="/appliance/updates.ns">AGGIORNAMENTI</A></TD></TR>
<TR><TD><B>Aggiornamenti :: Controllo</B><BR>Quando Bomgar pubblica periodicamente degli aggiornamenti per il tuo
software, usa questa interfaccia per vedere gli aggiornamenti disponibili e installare quelli selezionati.
<P><FONT COLOR=red>Ci sono aggiornamenti disponibili da installare</FONT>
<TABLE BORDER=1><TR><TD COLSPAN=2><B>&#8211; Aggiornamenti disponibili</B></TD></TR>
<TR><TD>Base Software-3.2.6</TD><TD><FORM METHOD=POST ACTION="updates.ns">
<INPUT TYPE=HIDDEN NAME="updates[token]" VALUE="abc"><INPUT TYPE=HIDDEN NAME="updates[pkg]" VALUE="17">
<INPUT TYPE=SUBMIT NAME="updates[go]" VALUE="Installa&nbsp;questo aggiornamento"></FORM></TD></TR>
<TR><TD COLSPAN=2>Bomgar-11.1.1<BR>3.2.4 does not satisfy 11.1.1's requirements. Please install any other available
package by clicking &quot;Install this Update&quot;.<UL><LI>Primary Hostname: support.example.com<LI>Licenses: 15
<LI>Expires: Never</UL></TD></TR></TABLE>
<P><B>Aggiornamenti :: Installazione manuale</B>
<FORM METHOD=POST ACTION="updates.ns" ENCTYPE="multipart/form-data"><INPUT TYPE=HIDDEN NAME="updates[token]" VALUE="abc">
Aggiorna file: <INPUT TYPE=FILE NAME="updates[file]"><BR>AVVERTENZA: L'aggiornamento del software pu\u00f2 scollegare gli
utenti attualmente collegati al dispositivo.<BR><INPUT TYPE=SUBMIT NAME="updates[manual]" VALUE="Aggiorna software">
</FORM><FORM METHOD=POST ACTION="reboot.ns"><INPUT TYPE=SUBMIT VALUE="Riavvia appliance"></FORM>
</TD></TR></TABLE></BODY></HTML>""".encode("cp1252")

#: A modern page: cards, buttons, one form with many buttons, dangerous neighbours.
UPDATES_EN_CARDS = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Updates</title></head><body>
<nav><a href="/appliance/status">Status</a><a href="/appliance/updates">Updates <span>2</span></a>
<a href="/appliance/support">Support</a></nav><main><h1>Updates</h1>
<form method="post" action="/appliance/updates"><input type="hidden" name="_csrf" value="n-9">
<button name="action" value="check">Check for Updates</button>
<section><h2>Available Updates</h2>
<div class="card"><div><strong>Base Software-6.1.0</strong><span>Released recently</span></div>
 <div><button name="install" value="b610">Install This Update</button><button name="drop" value="b610">Remove</button></div></div>
<div class="card"><div><strong>BeyondTrust Remote Support-22.1.4</strong></div><p>{BLOCKED_EN}</p>
 <ul><li>Primary Hostname: support.example.com</li><li>Licenses: 25</li><li>Requires Base Software-6.1.0</li></ul></div>
</section></form>
<section><h2>Installation History</h2><ul><li>Base Software-6.0.1 installed successfully</li>
<li>BeyondTrust Remote Support-21.2.3 installation failed</li></ul></section>
<section><h2>Manual Installation</h2><form method="post" enctype="multipart/form-data" action="/appliance/upload">
<input type="hidden" name="_csrf" value="n-9"><label>Update file <input type="file" name="pkg"></label>
<p>WARNING: Software update may disconnect users who are logged in.</p>
<button>Update Software</button><button name="restart" value="1">Restart appliance</button></form></section></main></body></html>"""

#: Links as controls, a definition list.
UPDATES_EN_DL = f"""<html><head><title>Updates</title></head><body><a href=status.ns>Status</a> <a href=support.ns>Support</a>
<a href=updates.ns>Updates</a><h3>Updates :: Check</h3><a href="updates.ns?check=1">Check for Updates</a>
<h3>Available Updates</h3><dl><dt>Base Software-3.2.6</dt><dd><a href="updates.ns?install=7&amp;t=zz">Install This Update</a></dd>
<dt>Bomgar-11.1.1</dt><dd>{BLOCKED_EN}<ul><li>Licenses: 15</li></ul></dd></dl></body></html>"""

#: Everything in one division, lines broken by <br>; image buttons, one form per row.
UPDATES_EN_FLAT = f"""<html><body><div>Available Updates<br>
<form method=post action=go><b>Base Software-3.2.6</b> <input type=image src=i.gif alt="Install This Update" name=i7></form><br>
<form method=post action=go><b>Bomgar-10.6.2</b> <input type=image src=i.gif alt="Install This Update" name=i8></form><br>
<b>Bomgar-11.1.1</b> {BLOCKED_EN}<br></div></body></html>"""

BASICS_IT = """<html><head><title>Bomgar</title></head><body><a href=/appliance/support.ns>Assistenza</a>
<a href=/appliance/status.ns>Stato</a> <a href=/appliance/basics.ns>Nozioni di base</a>
<table><tr><th>Modello appliance<td>B200<tr><th>Numero di serie<td>A-1234<tr><th>Versione Base Software:<td>3.2.4 (1205)
<tr><th>Ora di sistema<td>12:00</table><form method=post action=/x><input type=submit value="Riavvia"></form></body></html>"""

BASICS_EN = """<!doctype html><html><head><title>Status</title></head><body><nav><a href="/appliance/status">Status</a>
<a href="/appliance/updates">Updates</a><a href="/appliance/support">Support</a></nav>
<dl><dt>Appliance Model</dt><dd>B300</dd><dt>Serial Number</dt><dd>S1</dd>
<dt>Base Software Version</dt><dd>6.0.1</dd></dl>
<form method="post" action="/appliance/reboot"><button>Restart</button></form></body></html>"""
