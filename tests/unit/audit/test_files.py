# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders as users have them: what is looked at, what is silenced, and what cannot be read is named and stops nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import files
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.files import Source, audited, sources_from
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Audit, Kind
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput

FAULT = "SELECT * FROM session\nORDER BY lsid DESC;\n"


def told(audit: Audit, root: Path) -> dict[str, str]:
    """Place below the root -> kind."""
    return {str(each.place).removeprefix(f"{root}/"): each.kind.value for each in audit.findings}


def test_each_sort_of_file_is_read_by_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(FAULT)
    (tmp_path / "b.py").write_text("x = 1\nlast = int(session['lsid'])\n")
    (tmp_path / "c.RDL").write_text("<Report>\n<CommandText>SELECT a\nFROM s WHERE lsid &lt; 5</CommandText></Report>")
    (tmp_path / "notes.txt").write_text("ORDER BY lsid int(lsid)")
    audit = audited(Source(tmp_path))
    assert told(audit, tmp_path) == {"a.sql:2": "lsid_order", "b.py:2": "lsid_number", "c.RDL:3": "lsid_number"}
    assert dict(audit.looked) == {"SQL files": 1, "python files": 1, "reports": 1, "other files": 1}


def test_what_cannot_be_read_is_named_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "binary.sql").write_bytes(b"SELECT\0\0lsid")
    (tmp_path / "huge.sql").write_text("-- " + "x" * files.MOST_BYTES)
    (tmp_path / "wrong-mark.py").write_bytes(b"\xff\xfea")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.cs")
    (tmp_path / "broken.sql").write_text("SELEC lsid FRM (((;\nSELECT max(lsid) FROM session;\nFROB x y z;")
    (tmp_path / "deep.sql").write_text("SELECT " + "(" * 5000 + "lsid" + ")" * 5000)
    (tmp_path / "z.sql").write_text(FAULT)
    audit = audited(Source(tmp_path))
    found = told(audit, tmp_path)
    assert {place for place, kind in found.items() if kind == "not_read"} == {
        "binary.sql",
        "broken.sql:1",
        "deep.sql:1",
        "gone.py",
        "huge.sql",
        "pipe.cs",
        "wrong-mark.py",
    }
    assert found["broken.sql:2"] == found["z.sql:2"] == "lsid_order"
    assert all(len(each.why) > 10 and each.mend for each in audit.findings)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.sql").write_bytes(f"-- Übersicht\n{FAULT}".encode(encoding))
    assert told(audited(Source(tmp_path)), tmp_path) == {"a.sql:3": "lsid_order"}


def test_what_is_left_out_is_not_looked_at(tmp_path: Path) -> None:
    for place in ("old/a.sql", "node_modules/b.sql", "c.sql"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(FAULT)
    assert told(audited(Source(tmp_path, exclude=("old",))), tmp_path) == {"c.sql:2": "lsid_order"}
    assert told(audited(Source(tmp_path, exclude=("old/*", "c.*"))), tmp_path) == {}
    assert told(audited(Source(tmp_path / "c.sql")), tmp_path) == {"c.sql:2": "lsid_order"}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    [finding] = audited(Source(tmp_path / "none")).findings
    assert (finding.kind, finding.why) == (Kind.NOT_READ, "there is no such file or folder")


def test_a_comment_with_a_reason_silences(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(
        "SELECT max(lsid) FROM old; -- bomgar-audit: ok, nothing is added any more\n"
        "/* bomgar-audit: ok (ticket 4711) */\nSELECT min(lsid) FROM old;\n"
        "SELECT lsid + 1 FROM old; -- bomgar-audit: ok\n"
    )
    (tmp_path / "b.py").write_text("# bomgar-audit: ok, a number of the other system\nlsid = int(row['lsid'])\n")
    audit = audited(Source(tmp_path))
    assert [each.silenced for each in audit.findings if not each.open] == [
        "nothing is added any more",
        "(ticket 4711)",
        "a number of the other system",
    ]
    assert sorted(each.kind.value for each in audit.findings if each.open) == [
        "lsid_arithmetic",
        "silence_without_reason",
    ]


def test_bad_options(tmp_path: Path) -> None:
    assert sources_from([{"path": "~/x", "dialect": None}], ["a"]) == (Source(Path("~/x").expanduser(), None, ("a",)),)
    for wrong in ({"path": ""}, {"path": "/x", "dialect": "oracle"}):
        with pytest.raises(BadInput):
            sources_from([wrong])
