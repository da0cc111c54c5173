# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Code that uses LSID, LSEQ and the API's XML: a line for each rule of each language, with what is found on it."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import code
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Place
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.names import is_lseq, is_lsid
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from hypothesis import given
from hypothesis import strategies as st

#: Language -> the line that makes it a reader of XML, and lines with what is found on each (nothing: sound).
LINES: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "python": ("import xml.etree.ElementTree as ET", [
        ("x = int(session.get('lsid'))", "lsid_number"),
        ("x = int(row['lsid'].strip())", "lsid_number"),
        ("lsid: int = None", "lsid_number"),
        ("def f(last_lsid: int) -> str: pass", "lsid_number"),
        ("z = '%d: %s' % (s.lsid, s.name)", "lsid_number"),
        ("q = f'{s.lsid:08d}'", "lsid_number"),
        ("m = re.search(r'lsid=\"(\\d+)\"', t)", "lsid_number"),
        ("df['lsid'].astype(int)", "lsid_number"),
        ("d = {'lsid': int, 'x': str}", "lsid_number"),
        ("lsid = Column(Integer, primary_key=True)", "lsid_number"),
        ("lsid = models.BigIntegerField()", "lsid_number"),
        ("ok = s.lsid.isdigit()", "lsid_number"),
        ("if s.lsid > 100: pass", "lsid_number"),
        ("if s.lsid > last: pass", "lsid_order"),
        ("newest = max(lsids)", "lsid_order"),
        ("sessions.sort(key=lambda s: s.lsid)", "lsid_order"),
        ("df = df.sort_values('lsid')", "lsid_order"),
        ("cur.execute('SELECT * FROM session WHERE lsid = %s ORDER BY lsid DESC', (lsid,))", "lsid_order"),
        ("following = s.lsid + 1", "lsid_arithmetic"),
        ("for n in range(first_lsid, end): pass", "lsid_arithmetic"),
        ("by[s.lseq] = s", "lseq_key"),
        ("known = {s.lseq: s for s in all_of_them}", "lseq_key"),
        ("if s.lseq in seen: pass", "lseq_key"),
        ("lseq = Column(Integer, unique=True)", "lseq_key"),
        ("for s in root.findall('session'): pass", "namespace_ignored"),
        ("for s in root.findall('customer_list/customer'): pass", "namespace_ignored"),
        ("y = int(len(lsid)) + 5", ""),
        ("z = '%d: %s' % (n, s.lsid)", ""),
        ("if int(counts[lsid]) > 3: pass", ""),
        ("sessions.sort(key=lambda s: (s.start, s.lsid))", ""),
        ("a = s.findtext('{*}lseq')", ""),
        ("for s in root.findall('b:session', spaces): pass", ""),
        ("lseq = Column(Integer)", ""),
        ("names = sorted(lsids)", ""),
        ("n = int(s.findtext('{*}duration'))  # lsid int", ""),
        ("by_id[s.lsid] = s", ""),
        ("lsid_count = 0", ""),
    ]),
    "powershell": ("", [
        ("$x = [int]$session.lsid", "lsid_number"),
        ("param([int]$Lsid, [string]$Name)", "lsid_number"),
        ("[Convert]::ToInt32($s.lsid)", "lsid_number"),
        ("[int]::Parse($s.lsid)", "lsid_number"),
        ("$n = $s.lsid -as [int]", "lsid_number"),
        ("if ($s.lsid -gt $last) { }", "lsid_order"),
        ("$sessions | Sort-Object lsid", "lsid_order"),
        ("$xml.SelectNodes('//session')", "namespace_ignored"),
        ("Select-Xml -Xml $x -XPath '//session'", "namespace_ignored"),
        ("$h[$s.lseq] = $s", "lseq_key"),
        ("$sessions | Group-Object lseq", "lseq_key"),
        ("$sessions | Sort-Object start_time, lsid", ""),
        ("$ok = $s.lsid.Length -eq 32", ""),
        ("foreach ($s in $xml.session_list.session) { $s.lsid }", ""),
    ]),
    "csharp": ("", [
        ('int? Lsid = int.Parse(s.Attribute("lsid").Value);', "lsid_number"),
        ("public long SessionLsid { get; set; }", "lsid_number"),
        ('var id = reader.GetInt64(reader.GetOrdinal("lsid"));', "lsid_number"),
        ('cmd.Parameters.Add("@lsid", SqlDbType.Int).Value = x;', "lsid_number"),
        ('var w = (int)row["lsid"];', "lsid_number"),
        ('var t = s.Lsid.ToString("D8");', "lsid_number"),
        ("var o = sessions.OrderBy(s => s.Lsid);", "lsid_order"),
        ("[Key] public long Lseq { get; set; }", "lseq_key"),
        ("var d = sessions.ToDictionary(s => s.Lseq);", "lseq_key"),
        ('var all = doc.Descendants("session");', "namespace_ignored"),
        ('var n = xml.SelectNodes("/session_list/session", manager);', "namespace_ignored"),
        ('var ok = doc.Descendants(ns + "session");', ""),
        ("var n = xml.SelectNodes(\"//*[local-name()='session']\");", ""),
        ('var n = xml.SelectNodes("//b:session", manager);', ""),
        ("var o2 = sessions.OrderBy(s => s.Start).ThenBy(s => s.Lsid);", ""),
        ("List<Lsid> z; // int lsid", ""),
        ('cmd.Parameters.Add("@lsid", SqlDbType.VarChar, 32).Value = x;', ""),
    ]),
    "java": ("factory.setNamespaceAware(true);", [
        ('int lsid = rs.getInt("lsid");', "lsid_number"),
        ('long n = Long.parseLong(e.getAttribute("lsid"));', "lsid_number"),
        ("if (a.getLsid() > 3) {}", "lsid_number"),
        ("ps.setInt(1, lsid);", "lsid_number"),
        ("sessions.sort(Comparator.comparing(Session::getLsid));", "lsid_order"),
        ("@Id private Long lseq;", "lseq_key"),
        ("map.put(s.getLseq(), s);", "lseq_key"),
        ('xpath.evaluate("//session/start_time", document);', "namespace_ignored"),
        ('String text = rs.getString("lsid");', ""),
        ("map.put(s.getLsid(), s);", ""),
        ("Map<String, List<Lsid>> byLsid;", ""),
    ]),
    "javascript": ("const xpath = require('xpath');", [
        ("const x = +s.lsid;", "lsid_number"),
        ("const y = parseInt(s.$.lsid, 10);", "lsid_number"),
        ("const w = Number(s.lsid);", "lsid_number"),
        ("if (s.lsid === 5) {}", "lsid_number"),
        ("const table = define({ lsid: { type: DataTypes.INTEGER } });", "lsid_number"),
        ("a.sort((a, b) => a.lsid - b.lsid);", "lsid_order lsid_arithmetic"),
        ("bySeq[s.lseq] = s;", "lseq_key"),
        ("const n = xpath.select('//session', doc);", "namespace_ignored"),
        ("const z = 'x' + s.lsid;", ""),
        ("byId[s.lsid] = s;", ""),
        ("const sessions = result.session_list.session;", ""),
    ]),
    "typescript": ("", [
        ("interface Session { lsid: number; name: string }", "lsid_number"),
        ("interface Session { lsid: string; duration: number }", ""),
    ]),
    "php": ("<?php $xml = simplexml_load_string($text);", [
        ("$x = (int)$s['lsid'];", "lsid_number"),
        ("$y = intval($row->lsid);", "lsid_number"),
        ('printf("%d", $lsid);', "lsid_number"),
        ("function f(int $lsid) {}", "lsid_number"),
        ("if (is_numeric($lsid)) {}", "lsid_number"),
        ("$st->bindValue(':lsid', $lsid, PDO::PARAM_INT);", "lsid_number"),
        ("$z = $xml->xpath('//session');", "namespace_ignored"),
        ("foreach ($xml->session as $s) {}", ""),
        ("$st->bindValue(':lsid', $lsid, PDO::PARAM_STR);", ""),
    ]),
    "perl": ("use XML::LibXML;", [
        ("my @s = sort { $a->{lsid} <=> $b->{lsid} } @all;", "lsid_number lsid_order"),
        ("next unless $s->{lsid} gt $last;", "lsid_order"),
        ("if ($s->{lsid} == $last) {}", "lsid_number"),
        ("my $n = int($s->{lsid});", "lsid_number"),
        ("$lsid =~ /^\\d+$/;", "lsid_number"),
        ("$seen{$s->{lseq}} = 1;", "lseq_key"),
        ("my @n = $doc->findnodes('//session');", "namespace_ignored"),
        ("if ($s->{lsid} eq $last) {}", ""),
        ("my @n = $doc->findnodes('//*[local-name()=\"session\"]');", ""),
    ]),
    "vbnet": ("", [
        ('Dim lsid As Integer = CInt(s.Attribute("lsid").Value)', "lsid_number"),
        ("If lsid > 5 Then", "lsid_number"),
        ("Sub F(ByVal sessionLsid As Long)", "lsid_number"),
        ("If IsNumeric(lsid) Then", "lsid_number"),
        ('Dim t As String = s.Attribute("lsid").Value', ""),
    ]),
}  # fmt: skip
SPACES = ("http://www.networkstreaming.com/namespaces/API", "https://www.beyondtrust.com/namespaces/API/reporting")


def found(text: str, language: str) -> list[str]:
    return [f"{each.place.line} {each.kind.value}" for each in code.findings(text, language, Place(file="x"))]


@pytest.mark.parametrize(
    ("language", "head", "line", "kinds"),
    [
        pytest.param(language, head, line, kinds, id=f"{language}-{line}")
        for language, (head, lines) in LINES.items()
        for line, kinds in lines
    ],
)
def test_a_line(language: str, head: str, line: str, kinds: str) -> None:
    assert sorted(found(f"{head}\n{line}\n", language)) == sorted(f"2 {kind}" for kind in kinds.split())


def test_one_namespace_is_too_few() -> None:
    assert found(f"NS = '{SPACES[0]}'\n", "python") == ["1 namespace_fixed"]
    assert found(f"KNOWN = ['', '{SPACES[0]}', '{SPACES[1]}']\n", "python") == []
    assert found(f"# {SPACES[0]}\n", "python") == []


def test_sql_in_a_text_of_several_lines_is_found_at_its_line() -> None:
    assert found('query = """\nSELECT *\nFROM session\nORDER BY lsid"""\n', "python") == ["4 lsid_order"]


def test_xml_of_others_is_none_of_its_business() -> None:
    assert found("import lxml.etree\nfor item in root.findall('item'): pass\n", "python") == []
    assert found("page.find('session')\n", "python") == [], "nothing here reads XML"


@pytest.mark.parametrize(
    "name",
    "lsid LSID sessionLsid SessionLSID session_lsid @lsid $lsid last_lsid lsids lsidInt sessionlsid lsid1".split(),
)
def test_names_of_an_lsid(name: str) -> None:
    assert is_lsid(name)
    assert is_lseq(name.replace("lsid", "lseq").replace("LSID", "LSEQ").replace("Lsid", "Lseq"))


@pytest.mark.parametrize("name", "lsid_count lsidCount lsidTotal id sid session lsi lsidPattern".split())
def test_names_of_something_else(name: str) -> None:
    assert not is_lsid(name)


def test_an_unknown_language() -> None:
    with pytest.raises(BadInput, match="cobol"):
        code.findings("", "cobol", Place())


@given(
    st.text("lsidqeLSID =<>+-*(),;.'\"$@#%:{}[]/\\\n\0int5 fgt", max_size=120),
    st.sampled_from(sorted(set(code.LANGUAGES.values()))),
)
def test_no_text_breaks_it(text: str, language: str) -> None:
    code.findings(text, language, Place(file="x"))
