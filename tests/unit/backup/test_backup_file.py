# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups as files: proof, manifest, names, freshness, pruning, what a killed run leaves."""

from __future__ import annotations

import dataclasses
import fcntl
import json
import os
import string
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import backup_file
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import (
    LONGEST_TEXT,
    Backup,
    BackupStore,
    Examination,
    Identity,
    Manifest,
    foreign_host,
    read_manifest,
    room,
    safe_name,
    verify,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.models import ApiInfo, Health, Role
from ansible_collections.bomgar.appliance.tests.unit.backup.faked import IDENTITY, NOW, binary
from hypothesis import given, settings
from hypothesis import strategies as st

SITE = "support.example.com"


@pytest.fixture
def store(tmp_path: Path) -> BackupStore:
    return BackupStore(tmp_path / "backups", SITE, "a")


def add(store: BackupStore, age: float = 0.0, content: bytes | None = None, identity: Identity = IDENTITY) -> Backup:
    """A backup of this age, as `download` would leave it."""
    body = binary(2000, seed=int(age)) if content is None else content
    with store.part(NOW - age, identity.site_version) as part:
        part.write(body)
        part.seal()
        manifest = Manifest(
            store.site, store.appliance, part.target.name, part.size, part.sha256, NOW - age, "https://x", identity
        )
        return store.keep(part, manifest)


def names(store: BackupStore) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir())


# Proof


def judge(body: bytes, media_type: str = "application/octet-stream", expected: int | None = None) -> str | None:
    examination = Examination(media_type, expected)
    for start in range(0, len(body), 700):
        examination.feed(body[start : start + 700])
    return examination.objection()


@pytest.mark.parametrize("media_type", ["application/octet-stream", "application/x-nsb", "text/plain", ""])
def test_binary_data_can_be_a_backup(media_type: str) -> None:
    assert judge(binary(5000), media_type, 5000) is None


@pytest.mark.parametrize(
    "media_type",
    [
        "text/html",
        "text/xml",
        "application/xml",
        "application/json",
        "application/xhtml+xml",
        "application/problem+json",
    ],
)
def test_a_page_by_its_type_is_none(media_type: str) -> None:
    assert judge(binary(5000), media_type) == f"the answer says that it is {media_type}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"\x00", "only 1 bytes"),
        (binary(511), "only 511 bytes"),
        (b"Invalid credentials", "plain text"),
        (b"Out of memory. " * 1000, "plain text"),
        ("Credenziali non valide: l'utente è bloccato. ".encode("latin-1") * 100, "plain text"),
        (b"\xef\xbb\xbf \r\n<error>no</error>", "page or XML"),
        (b"<html>" + binary(5000), "page or XML"),
        (b"\n\n<?xml version='1.0'?>" + binary(5000), "page or XML"),
        ("<html><body>Errore</body></html>".encode("utf-16"), "page or XML"),
        ("<html><body>Errore</body></html>".encode("utf-16-le"), "page or XML"),
        ("<html><body>Errore</body></html>".encode("utf-16-be"), "page or XML"),
        ("Accesso negato".encode("utf-16"), "plain text"),
    ],
)
def test_what_is_none(body: bytes, words: str) -> None:
    assert words in str(judge(body))


def test_a_page_is_known_by_its_beginning() -> None:
    examination = Examination("application/octet-stream", 10**9)
    examination.feed(b"<!DOCTYPE html>" + b" " * 5000)
    assert examination.head_complete
    assert examination.early_objection() == "the answer is a page or XML"
    assert len(examination.text or "") <= 4096


def test_the_words_of_an_error_inside_a_backup_are_data() -> None:
    body = binary(3000) + b"Invalid credentials <error>Login failed</error>" + binary(3000)
    assert judge(body, expected=len(body)) is None


@given(st.integers(min_value=0, max_value=4999))
@settings(max_examples=60, deadline=None)
def test_a_cut_body_is_never_accepted(cut: int) -> None:
    assert judge(binary(5000)[:cut], expected=5000) is not None


@given(st.text(min_size=1), st.sampled_from(["utf-8", "utf-16", "latin-1", "cp1252"]))
@settings(deadline=None)
def test_text_is_never_accepted(text: str, encoding: str) -> None:
    words = "".join(char for char in text if char.isprintable() or char in "\r\n\t")
    assert judge(f"Error: {words}".encode(encoding, "replace")) is not None
    assert judge((f"Error: {words} " * 100).encode(encoding, "replace")[:LONGEST_TEXT]) is not None


@pytest.mark.parametrize(
    ("sent", "host"),
    [
        (None, None),
        ("backup.nsb", None),
        ("Bomgar-11.1.1.nsb", None),
        ("support.example.com-11.1.1.nsb", None),
        ("bomgar-backup-SUPPORT.example.com-2026-11-22.nsb", None),
        ("other.example.net-11.1.1.nsb", "other.example.net"),
        ("not-support.example.com.example.net.nsb", "not-support.example.com.example.net"),
        ("other.example.net.nsb.zip", "other.example.net"),
        ("backup.tar.gz", None),
    ],
)
def test_hosts_in_file_names(sent: str | None, host: str | None) -> None:
    assert foreign_host(sent, (SITE, "")) == host


@pytest.mark.parametrize(
    ("size", "media_type", "sent_name", "accepted"),
    [
        (LONGEST_TEXT, "application/octet-stream", None, False),
        (LONGEST_TEXT + 1, "application/octet-stream", None, True),
        (LONGEST_TEXT + 1, "text/plain", "x.nsb", False),
        (4096, "", "x.NSB", False),
        (4097, "", "x.NSB", True),
        (5000, "", "x.zip", False),
    ],
)
def test_only_a_long_text_might_be_one(size: int, media_type: str, sent_name: str | None, accepted: bool) -> None:
    examination = Examination(media_type, size, sent_name=sent_name)
    examination.feed((b"QmFzZTY0 " * size)[:size])
    assert (examination.objection() is None) is accepted
    assert examination.all_text
    structured = Examination(media_type, size, sent_name=sent_name)
    structured.feed(b'{"error": 1}' + b" " * (size - 12))
    assert structured.objection() == "the answer is plain text"


def test_the_name_of_a_page() -> None:
    examination = Examination("", 5000, sent_name="Error.HTML")
    examination.feed(binary(5000))
    assert examination.objection() == "the answer calls itself Error.HTML"


# Identity


def test_identity_from_what_the_api_says() -> None:
    health = Health("box", "id", "19.1.8", "b", True, None, Role.NONE, (), None, None)
    info = ApiInfo("1.19.0", 1.0, {}, "acme")
    assert Identity.of(health, info, "5.1") == Identity("id", "box", "acme", "19.1.8", "b", "1.19.0", "5.1", "none")
    assert Identity.of(None, None) == Identity()


@pytest.mark.parametrize("name", ["appliance_id", "host_name", "company_name", "site_version", "build", "api_version"])
def test_a_changed_identity_is_named(name: str) -> None:
    after = dataclasses.replace(IDENTITY, **{name: "other"})
    agree, differ = IDENTITY.compared_with(after)
    assert name not in agree
    assert differ == (f"{name} was {getattr(IDENTITY, name)} and is other",)
    assert "not told any more" in IDENTITY.compared_with(dataclasses.replace(IDENTITY, **{name: None}))[1][0]


def test_what_was_not_told_before_is_not_compared() -> None:
    assert Identity().compared_with(IDENTITY) == ((), ())


# Names


def test_layout_and_modes(store: BackupStore) -> None:
    backup = add(store)
    assert backup.path == store.directory / SITE / f"{SITE}-a-20231114T221320Z-11.1.1.nsb"
    assert names(store) == [backup.path.name, backup.path.name + ".json"]
    for path in (backup.path, backup.path.with_name(backup.path.name + ".json")):
        assert path.stat().st_mode & 0o777 == 0o600
    assert store.folder.stat().st_mode & 0o777 == 0o700


def test_two_in_one_second_get_two_names(store: BackupStore) -> None:
    first, second = add(store), add(store, content=binary(999))
    assert second.path.name == first.path.name.replace(".nsb", "-2.nsb")
    assert [backup.path for backup in store.backups()[0]] == [second.path, first.path]


@given(st.text(), st.text())
def test_names_stay_inside_and_apart(first: str, second: str) -> None:
    name = safe_name(first)
    assert name
    assert name not in (".", "..")
    assert not name.startswith((".", "-"))
    assert not set(name) - set(string.ascii_lowercase + string.digits + "._-")
    assert len(name) <= 100
    assert safe_name(first) == safe_name(first.lower())
    if first.lower() != second.lower():
        assert name != safe_name(second)


@pytest.mark.parametrize("evil", ["../../etc", "/etc/passwd", "..", "a/b", "a\x00b", "-rf"])
def test_a_site_cannot_lead_out_of_the_folder(tmp_path: Path, evil: str) -> None:
    store = BackupStore(tmp_path, evil, evil)
    backup = add(store, identity=dataclasses.replace(IDENTITY, site_version=evil))
    assert backup.path.parent.parent == tmp_path
    assert verify(backup.path).manifest.site == evil


@pytest.mark.parametrize(("site", "appliance"), [("", "a"), (SITE, " ")])
def test_empty_names_are_refused(tmp_path: Path, site: str, appliance: str) -> None:
    with pytest.raises(BadInput):
        BackupStore(tmp_path, site, appliance)


# Parts


def test_a_part_never_outlives_its_block(store: BackupStore) -> None:
    def fail() -> None:
        with store.part(NOW, None) as part:
            part.write(b"x")
            assert part.path.stat().st_mode & 0o777 == 0o600
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(store) == []


def test_a_killed_run_is_cleaned_up_after_and_a_running_one_is_not(store: BackupStore) -> None:
    kept = add(store, 50)
    stem = f"{SITE}-a-20231114T221320Z-11.1.1.nsb"
    others = [f"{SITE}-b-20231114T221320Z-11.1.1.nsb.part", "notes.part", f"{SITE}-a-notes.nsb.part"]
    for name in (f"{stem}.part", f"{stem}.json.part", *others):
        (store.folder / name).write_bytes(b"half")
    with store.part(NOW - 1, None) as running:
        assert sorted(store.remove_stale_parts(NOW)) == [f"{stem}.json.part", f"{stem}.part"]
        assert running.path.exists()
    assert names(store) == sorted([*others, kept.path.name, kept.path.name + ".json"])


def test_after_kill_9_the_next_run_cleans_up(store: BackupStore) -> None:
    script = (
        "import sys, pathlib\n"
        "from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import BackupStore\n"
        f"store = BackupStore(pathlib.Path(sys.argv[1]), {SITE!r}, 'a')\n"
        f"with store.part({NOW}, None) as part:\n"
        "    part.write(b'half')\n"
        "    print(part.path.name, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    collections = next(str(path) for path in Path(backup_file.__file__).parents if path.name == "ansible_collections")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(collections).parent)},
    ) as running:
        assert running.stdout is not None
        name = running.stdout.readline().strip()
        assert store.remove_stale_parts(NOW) == ()
        running.kill()
        running.wait()
        assert names(store) == [name]
    assert store.remove_stale_parts(NOW) == (name,)
    assert names(store) == []


def test_without_locks_only_old_parts_are_left_overs(store: BackupStore) -> None:
    store.folder.mkdir(parents=True)
    path = store.folder / f"{SITE}-a-20231114T221320Z-11.1.1.nsb.part"
    path.write_bytes(b"half")
    now = path.stat().st_mtime
    with mock.patch.object(fcntl, "flock", side_effect=OSError(95, "Operation not supported")):
        assert store.remove_stale_parts(now + 60) == ()
        assert store.remove_stale_parts(now + 90_000) == (path.name,)


def test_a_part_taken_for_a_left_over_is_begun_anew(store: BackupStore) -> None:
    locked = fcntl.flock
    stolen = []

    def steal(descriptor: int, operation: int) -> None:
        if not stolen:
            stolen.extend(store.folder.glob("*.part"))
            stolen[0].unlink()
        locked(descriptor, operation)

    with mock.patch.object(fcntl, "flock", steal), store.part(NOW, None) as part:
        assert stolen
        assert part.path.exists()


def test_a_full_disk_is_said(store: BackupStore) -> None:
    full = mock.patch.object(os, "fsync", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(BadInput, match="Make room"):
        add(store)
    assert names(store) == []


def test_no_manifest_no_backup(store: BackupStore) -> None:
    full = mock.patch.object(Manifest, "to_json", side_effect=OSError(28, "No space left on device"))
    with full, pytest.raises(BadInput):
        add(store)
    assert names(store) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="bomgar_backup_dir"):
        add(BackupStore(tmp_path / "file", SITE, "a"))
    with pytest.raises(BadInput, match="bomgar_backup_dir"):
        BackupStore(tmp_path / "file", SITE, "a").backups()


# Manifest


def test_manifest_says_what_it_is_and_what_is_left_out(store: BackupStore) -> None:
    backup = add(store)
    text = backup.path.with_name(backup.path.name + ".json").read_text(encoding="utf-8")
    values = json.loads(text)
    assert values["taken_at"] == "2023-11-14T22:13:20Z"
    assert values["identity"]["site_version"] == "11.1.1"
    left_out = " ".join(item["what"] for item in values["leaves_out"])
    for word in ("recordings", "200 KB", "50 files", "Vault encryption key", "private keys", "network, SNMP, mail"):
        assert word in left_out
    assert all(item["source"].startswith("documented (D-") for item in values["leaves_out"])
    assert "no API" in values["restore"]
    assert read_manifest(backup.path.with_name(backup.path.name + ".json")) == backup.manifest


@pytest.mark.parametrize(
    "spoil",
    [
        lambda values: "no JSON",
        lambda values: "[" * 100_000,
        lambda values: "[]",
        lambda values: json.dumps({**values, "format": 2}),
        lambda values: json.dumps({**values, "format": "1"}),
        lambda values: json.dumps({**values, "size": "1"}),
        lambda values: json.dumps({**values, "size": True}),
        lambda values: json.dumps({**values, "taken_at": "yesterday"}),
        lambda values: json.dumps({**values, "file": "../other.nsb"}),
        lambda values: json.dumps({**values, "sha256": "0"}),
        lambda values: json.dumps({**values, "identity": None}),
        lambda values: json.dumps({name: value for name, value in values.items() if name != "site"}),
    ],
)
def test_a_spoilt_manifest_makes_no_backup(store: BackupStore, spoil: object) -> None:
    backup = add(store)
    beside = backup.path.with_name(backup.path.name + ".json")
    beside.write_text(spoil(json.loads(beside.read_text())))  # type: ignore[operator]
    with pytest.raises(BadInput, match="never pruned"):
        read_manifest(beside)
    with pytest.raises(BadInput):
        verify(backup.path)
    found, remarks = store.backups()
    assert found == ()
    assert len(remarks) == 1


@pytest.mark.parametrize(
    ("content", "words"), [(b"short", "has 5 bytes"), (binary(2000, seed=77), "SHA-256"), (None, "cannot be read")]
)
def test_verify_reads_the_disk(store: BackupStore, content: bytes | None, words: str) -> None:
    backup = add(store)
    if content is None:
        backup.path.unlink()
    else:
        backup.path.write_bytes(content)
    with pytest.raises(BadInput, match=words):
        verify(backup.path)


# Freshness


def test_the_newest_good_one_counts(store: BackupStore) -> None:
    add(store, 500)
    newest = add(store, 100)
    fresh = store.newest_verified(200, NOW)
    assert fresh.backup == newest
    assert fresh.why == "a verified backup of 100 s ago is here"


@pytest.mark.parametrize(("max_age", "found"), [(99, False), (100, True), (0, False), (-1, False)])
def test_age_limit(store: BackupStore, max_age: float, found: bool) -> None:
    add(store, 100)
    assert (store.newest_verified(max_age, NOW).backup is not None) is found


def test_what_does_not_count_is_named(store: BackupStore) -> None:
    good = add(store, 400)
    spoilt = add(store, 300)
    spoilt.path.write_bytes(binary(2000, seed=99))
    bare = add(store, 200)
    bare.path.with_name(bare.path.name + ".json").unlink()
    foreign = add(store, 100, identity=dataclasses.replace(IDENTITY, site_version="10.5.3"))
    fresh = store.newest_verified(1000, NOW, IDENTITY)
    assert fresh.backup == good
    text = " | ".join(fresh.passed_over)
    assert f"{spoilt.path.name}: its SHA-256 is not the one in its manifest" in text
    assert f"{bare.path.name}: it has no manifest, so it was never proven" in text
    assert f"{foreign.path.name}: site_version was 10.5.3 then and is 11.1.1 now" in text
    assert store.newest_verified(350, NOW, IDENTITY).why.endswith("and newer ones do not count")


def test_nothing_and_nothing_good(store: BackupStore) -> None:
    assert store.newest_verified(100, NOW).why == "there is no backup here yet"
    add(store, 10).path.write_bytes(b"")
    assert store.newest_verified(100, NOW).why == "no backup here may be relied on"


def test_a_backup_from_the_future_does_not_count(store: BackupStore) -> None:
    add(store, -400)
    assert "a clock is wrong" in store.newest_verified(1000, NOW).passed_over[0]
    add(store, -200)
    assert store.newest_verified(1000, NOW).backup is not None


def test_backups_of_others_do_not_count(store: BackupStore) -> None:
    add(BackupStore(store.directory, SITE, "b"), 10)
    add(BackupStore(store.directory, SITE, "a-b"), 10)
    add(BackupStore(store.directory, "other.example.com", "a"), 10)
    mine = add(store, 20)
    (store.folder / mine.path.name.replace("Z-", "Z-x")).symlink_to(mine.path)
    assert [backup.path for backup in store.backups()[0]] == [mine.path]


def test_twins_and_shared_appliances(store: BackupStore) -> None:
    other = BackupStore(store.directory, "other.example.com", "a")
    backup = add(other, content=binary(3000))
    mine = add(store, content=binary(3001))
    assert store.twin(3000, backup.manifest.sha256) == backup
    assert store.twin(3001, mine.manifest.sha256) is None
    assert store.sites_of(str(IDENTITY.appliance_id)) == ("other.example.com",)
    assert store.sites_of("another") == ()
    assert store.has_site("OTHER.example.com")
    assert not store.has_site(SITE)


# Pruning


def test_pruning_keeps_the_newest(store: BackupStore) -> None:
    backups = [add(store, age) for age in (10, 20, 30, 40)]
    assert store.prune(2, rehearse=True).removed == tuple(backup.path.name for backup in backups[1:])
    assert len(names(store)) == 8
    assert store.prune(2, backups[0].path).removed == tuple(backup.path.name for backup in backups[2:])
    assert [backup.path for backup in store.backups()[0]] == [backup.path for backup in backups[:2]]
    assert len(names(store)) == 4


@pytest.mark.parametrize("keep", [1, 0, -5])
def test_one_always_stays(store: BackupStore, keep: int) -> None:
    newest = add(store, 10)
    add(store, 20)
    store.prune(keep)
    assert [backup.path for backup in store.backups()[0]] == [newest.path]


def test_a_damaged_one_pushes_out_no_good_one(store: BackupStore) -> None:
    damaged, good, old = add(store, 10), add(store, 20), add(store, 30)
    damaged.path.write_bytes(binary(2000, seed=123))
    pruned = store.prune(1)
    assert pruned.removed == (old.path.name,)
    assert damaged.path.exists()
    assert good.path.exists()
    assert "SHA-256" in pruned.left_alone[0]


def test_the_one_just_taken_stays_whatever_the_clock_said(store: BackupStore) -> None:
    taken = add(store, 5000)
    future = add(store, -5000)
    store.prune(1, taken.path)
    assert taken.path.exists()
    assert future.path.exists()


def test_pruning_stops_at_what_it_cannot_remove(store: BackupStore) -> None:
    add(store, 10)
    old = add(store, 20)
    with mock.patch.object(Path, "unlink", side_effect=PermissionError(13, "Permission denied")):
        pruned = store.prune(1)
    assert pruned.removed == ()
    assert pruned.left_alone == (f"{old.path.name}: it could not be removed (Permission denied)",)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([SITE, "other.example.com"]),
            st.sampled_from(["a", "b", "a-b"]),
            st.integers(min_value=0, max_value=50),
            st.sampled_from(["good", "damaged", "no manifest", "foreign manifest"]),
        ),
        max_size=8,
    ),
    st.integers(min_value=-1, max_value=4),
)
@settings(max_examples=60, deadline=None)
def test_pruning_never_takes_from_others(files: list[tuple[str, str, int, str]], keep: int) -> None:
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(os, "fsync"):
        directory = Path(folder)
        mine, others = [], []
        for number, (site, appliance, age, state) in enumerate(files):
            store = BackupStore(directory, site, appliance)
            backup = add(store, age, content=binary(600, seed=number))
            beside = backup.path.with_name(backup.path.name + ".json")
            if state == "damaged":
                backup.path.write_bytes(binary(600, seed=1000))
            elif state == "no manifest":
                beside.unlink()
            elif state == "foreign manifest":
                beside.write_text(beside.read_text().replace(f'"site": "{site}"', '"site": "x"'))
            if (site, appliance, state) == (SITE, "a", "good"):
                mine.append(backup)
            elif (site, appliance, state) != (SITE, "a", "damaged"):
                others.append(backup)
        (directory / "notes.txt").write_text("mine")
        BackupStore(directory, SITE, "a").prune(keep)
        assert all(backup.path.exists() for backup in others)
        assert (directory / "notes.txt").exists()
        left = [backup for backup in mine if backup.path.exists()]
        assert len(left) == min(len(mine), max(keep, 1))
        ordered = sorted(
            mine, key=lambda item: (item.manifest.taken_at, len(item.path.name), item.path.name), reverse=True
        )
        assert {item.path for item in left} == {item.path for item in ordered[: len(left)]}


# Room


def test_room_is_judged_by_the_last_backup(store: BackupStore) -> None:
    assert room(1000, 800).enough
    assert not room(999, 800).enough
    assert not room(1000, None).enough
    assert store.room().last_size is None
    backup = add(store)
    assert store.room().last_size == backup.manifest.size
    assert store.room().free > 0
    assert store.__class__(store.directory, "new", "a").room().needed == backup_file.ROOM_WITHOUT_HISTORY
