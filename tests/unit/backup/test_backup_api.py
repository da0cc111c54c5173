# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Downloading a backup: what is accepted, what is refused and as what, and that nothing is left or lost either way."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import html
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import backup_file
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_api import BackupApi, Taken, Wish
from ansible_collections.bomgar.appliance.plugins.module_utils.backup_file import BackupStore, Identity, Room, verify
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    AuthenticationRefused,
    BadInput,
    BomgarError,
    NotSupported,
    PermissionRefused,
    RateLimited,
    Refused,
    ServiceDown,
    UnexpectedAnswer,
    Unreachable,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Versions
from ansible_collections.bomgar.appliance.tests.unit.backup.faked import (
    IDENTITY,
    NOW,
    FakeAuth,
    FakeSender,
    Reply,
    binary,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

SITE = "support.example.com"
SILENT = Identity(api_version="1.4.2")


@pytest.fixture
def store(tmp_path: Path) -> BackupStore:
    return BackupStore(tmp_path, SITE, "a")


def take(
    store: BackupStore,
    *replies: Reply,
    wish: Wish | None = None,
    identify: Callable[[], Identity] = lambda: IDENTITY,
    auth: FakeAuth | None = None,
    sender: FakeSender | None = None,
    url: str = "https://support.example.com",
    age: float = 0.0,
    **more: object,
) -> Taken:
    api = BackupApi(sender or FakeSender(*replies), auth or FakeAuth(), sleep=lambda _seconds: None)
    return api.download(store, identify, wish, url=url, clock=lambda: NOW - age, **more)  # type: ignore[arg-type]


def left(store: BackupStore) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir()) if store.folder.exists() else []


def refused(store: BackupStore, reply: Reply, **more: object) -> BomgarError:
    """The error for this reply; nothing may be left of it, and nothing of what was there may be lost."""
    before = left(store)
    with pytest.raises(BomgarError) as caught:
        take(store, reply, **more)  # type: ignore[arg-type]
    assert left(store) == before
    return caught.value


# Taken


def test_a_backup_is_taken(store: BackupStore) -> None:
    body = binary(5000)
    seen = []
    taken = take(
        store,
        Reply(body, headers={"content-disposition": 'attachment; filename="support.example.com.nsb"'}),
        versions=Versions(site="never", base="3.2.6"),
        collection_version="1.2.3",
        tick=lambda received, announced: seen.append((received, announced)),
    )
    manifest = taken.backup.manifest
    assert taken.backup.path.read_bytes() == body
    assert (manifest.size, manifest.sha256) == (5000, hashlib.sha256(body).hexdigest())
    assert (manifest.site, manifest.appliance, manifest.taken_at) == (SITE, "a", NOW)
    assert manifest.identity == dataclasses.replace(IDENTITY, base_version="3.2.6")
    assert (manifest.complete_by, manifest.sent_name) == ("content-length", "support.example.com.nsb")
    assert manifest.collection_version == "1.2.3"
    assert "appliance_id" in manifest.compared
    assert taken.warnings == ()
    assert seen == [(size, 5000) for size in range(1000, 6000, 1000)]
    assert verify(taken.backup.path) == taken.backup
    assert left(store) == [taken.backup.path.name, taken.backup.path.name + ".json"]


def test_what_pages_told_fills_in_for_old_releases(store: BackupStore) -> None:
    taken = take(store, Reply(binary(600)), identify=lambda: SILENT, versions=Versions(site="10.5.3", build="7"))
    assert taken.backup.path.name.endswith("-10.5.3.nsb")
    assert (taken.backup.manifest.identity.site_version, taken.backup.manifest.identity.build) == ("10.5.3", "7")
    assert "tied to it only by its address" in taken.warnings[0]


def test_chunked_is_complete(store: BackupStore) -> None:
    reply = Reply(binary(5000), length=None, headers={"transfer-encoding": "chunked"})
    assert take(store, reply).backup.manifest.complete_by == "chunked"


def test_get_with_a_token_and_post_with_a_password(store: BackupStore) -> None:
    sender = FakeSender(Reply(binary(600)), Reply(binary(600)), Reply(binary(600)))
    take(store, sender=sender)
    take(store, sender=sender, auth=FakeAuth(form=(("username", "u"), ("password", "p"))))
    take(store, sender=sender, wish=Wish(encryption_password="a long secret"))
    first, second, third = sender.requests
    assert (first.method, first.path, first.form, first.json) == ("GET", "/api/backup", None, None)
    assert (second.method, second.query, second.form) == ("POST", {}, (("username", "u"), ("password", "p")))
    assert (third.method, third.json) == ("POST", {"password": "a long secret"})
    for request in sender.requests:
        assert request.headers["Accept-Encoding"] == "identity"
        assert request.timeout == 600.0
        assert not request.command


def test_the_password_of_the_file_is_kept_nowhere(store: BackupStore) -> None:
    taken = take(store, Reply(binary(600)), wish=Wish(encryption_password="a long secret"))
    beside = taken.backup.path.with_name(taken.backup.path.name + ".json").read_text()
    assert "a long secret" not in beside
    assert '"encryption_password_sent": true' in beside
    echo = Reply(b"<error>bad password a long secret</error>", media_type="text/xml")
    assert "a long secret" not in str(refused(store, echo, wish=Wish(encryption_password="a long secret")))
    assert "a long secret" not in repr(Wish(encryption_password="a long secret"))


def test_two_passwords_do_not_fit_into_one_request(store: BackupStore) -> None:
    error = refused(
        store, Reply(), auth=FakeAuth(form=(("username", "u"),)), wish=Wish(encryption_password="a long secret")
    )
    assert isinstance(error, BadInput)


def test_memory_does_not_grow_with_the_backup(store: BackupStore) -> None:
    size, piece = 64 * 1024 * 1024, 1024 * 1024
    held = []

    def body() -> Iterator[bytes]:
        block = binary(piece)
        for _number in range(size // piece):
            held.append(tracemalloc.get_traced_memory()[0])
            yield block

    tracemalloc.start()
    try:
        taken = take(store, Reply(body(), length=size))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken.backup.manifest.size == size
    assert len(held) == 64
    assert max(held) - held[0] < piece
    assert peak - held[0] < 4 * piece


# Accounts


def test_a_dead_token_is_replaced_once(store: BackupStore) -> None:
    auth, sender = FakeAuth(fresh=5), FakeSender(Reply(status=401), Reply(binary(600)))
    take(store, sender=sender, auth=auth)
    assert [request.headers["Authorization"] for request in sender.requests] == ["Bearer 0", "Bearer 1"]
    auth, sender = FakeAuth(fresh=5), FakeSender(Reply(status=401), Reply(status=401), Reply(binary(600)))
    with pytest.raises(AuthenticationRefused):
        take(store, sender=sender, auth=auth)
    assert len(sender.requests) == 2
    assert auth.refused


def test_a_refused_password_is_not_tried_again(store: BackupStore) -> None:
    auth, sender = (
        FakeAuth(form=(("username", "u"),)),
        FakeSender(Reply(b"Invalid credentials", media_type="text/html")),
    )
    with pytest.raises(AuthenticationRefused):
        take(store, sender=sender, auth=auth)
    with pytest.raises(AuthenticationRefused):
        take(store, sender=sender, auth=auth)
    assert len(sender.requests) == 1


def test_the_old_address_is_tried_where_the_new_one_is_unknown(store: BackupStore) -> None:
    sender = FakeSender(Reply(status=404), Reply(binary(600)))
    take(store, sender=sender)
    assert [request.path for request in sender.requests] == ["/api/backup", "/api/backup.ns"]
    sender = FakeSender(Reply(status=404), Reply(status=404))
    with pytest.raises(NotSupported, match="/login > Management > Software"):
        take(store, sender=sender)


def test_over_the_limit_is_waited_out(store: BackupStore) -> None:
    slept: list[float] = []
    busy = Reply(status=429, headers={"retry-after": "7"})
    api = BackupApi(FakeSender(busy, Reply(status=429), Reply(binary(600))), FakeAuth(), sleep=slept.append)
    api.download(store, lambda: IDENTITY, clock=lambda: NOW)
    assert slept == [7.0, 1.0]
    api = BackupApi(FakeSender(busy, busy, busy), FakeAuth(), sleep=slept.append)
    with pytest.raises(RateLimited):
        api.download(store, lambda: IDENTITY, clock=lambda: NOW)


# Refused


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (Reply(status=403), PermissionRefused, "Backup API"),
        (Reply(status=405), NotSupported, "405"),
        (Reply(status=500), ServiceDown, "500"),
        (Reply(status=503, body=b"<html>Down"), ServiceDown, "503"),
        (Reply(status=302, headers={"location": "/login?x=a-token"}), UnexpectedAnswer, "leads elsewhere"),
        (Reply(status=206, body=binary(6000)), UnexpectedAnswer, "206"),
        (Reply(status=418, body=b"<h1>I am <b>no</b> backup</h1>"), UnexpectedAnswer, "'I am no backup'"),
        (Reply(b"", length=0), UnexpectedAnswer, "empty"),
        (Reply(binary(100)), UnexpectedAnswer, "fewer than the minimum of 512"),
        (Reply(b"Invalid credentials", media_type="text/html"), AuthenticationRefused, "Invalid credentials"),
        (Reply(b"Invalid credentials", media_type=None), AuthenticationRefused, "Invalid credentials"),
        (Reply(b"<html><p>Login failed</p></html>", media_type="text/html"), AuthenticationRefused, "Login failed"),
        (
            Reply(b'<?xml version="1.0"?><error xmlns="urn:x">You may not use the backup API.</error>'),
            PermissionRefused,
            "Allow the account the Backup API",
        ),
        (Reply(b"<ns:error>Permission denied &amp; logged</ns:error>"), PermissionRefused, "denied & logged"),
        (Reply(b'{"error": "permission_denied", "message": "no"}'), PermissionRefused, "permission_denied: no"),
        (Reply(b"<r><error>Disk is worn</error></r>", media_type="text/xml"), Refused, "Disk is worn"),
        (Reply(b"<r><error>No data found</error></r>"), Refused, "No data found"),
        (Reply(b"Something is busy"), UnexpectedAnswer, "'Something is busy'"),
        (
            Reply(b"<html><title>Maintenance</title><script>alert(1)</script></html>", media_type="text/html"),
            UnexpectedAnswer,
            "'Maintenance'",
        ),
        (Reply(b"{broken", media_type="application/json"), UnexpectedAnswer, "application/json"),
        (
            Reply(binary(5000), headers={"content-disposition": "attachment; filename=error.html"}),
            UnexpectedAnswer,
            "calls itself error.html",
        ),
        (Reply(binary(5000), length=None), UnexpectedAnswer, "without a length"),
        (Reply(binary(5000), headers={"content-encoding": "gzip"}), UnexpectedAnswer, "encoded as gzip"),
        (Reply(binary(5000), length=5001), UnexpectedAnswer, "5000 bytes where 5001 were announced"),
        (Reply(binary(5000), length=4999), UnexpectedAnswer, "5000 bytes where 4999 were announced"),
        (
            Reply(binary(900), length=None, error=UnexpectedAnswer("x", "the answer broke off after 900 bytes", "y")),
            UnexpectedAnswer,
            "broke off after 900 bytes. Nothing was kept",
        ),
        (Reply(binary(900), error=Unreachable("x", "no answer in time", "y")), Unreachable, "no answer in time"),
    ],
)
def test_refused(store: BackupStore, reply: Reply, kind: type[BomgarError], words: str) -> None:
    kept = take(store, Reply(binary(5000, seed=5)), age=1000).backup
    replies = [reply, reply] if reply.status == 404 else [reply]
    error = refused(store, *replies)
    assert error.__class__ is kind
    assert words in str(error)
    assert "a-token" not in str(error)
    assert verify(kept.path) == kept


@given(st.integers(min_value=0, max_value=4999), st.booleans())
@example(0, True)
@settings(max_examples=60, deadline=None)
def test_truncation_at_any_byte_is_refused(cut: int, told: bool) -> None:
    """Told by the transport or not, with a length or in chunks."""
    broken = UnexpectedAnswer("x", f"the answer broke off after {cut} bytes", "y")
    with tempfile.TemporaryDirectory() as folder:
        store = BackupStore(Path(folder), SITE, "a")
        body = binary(5000)[:cut]
        refused(store, Reply(body, length=5000, error=broken if told else None))
        refused(store, Reply(body, length=None, headers={"transfer-encoding": "chunked"}, error=broken))
        refused(store, Reply(body, length=None))


@given(
    st.text(min_size=1, max_size=300),
    st.sampled_from(
        ["<error>{}</error>", "<x:a xmlns:x='u'><x:error>{}</x:error></x:a>", "{}", "<p>{}", '{{"error": "{}"}}']
    ),
    st.sampled_from(["text/xml", "text/html", "text/plain", "application/json", "application/octet-stream", None]),
    st.sampled_from(["utf-8", "utf-16", "latin-1"]),
)
@settings(max_examples=150, deadline=None)
def test_error_texts_are_never_accepted(text: str, form: str, media_type: str | None, encoding: str) -> None:
    words = "".join(char for char in html.escape(text) if char.isprintable())
    body = form.format("Error " + words).encode(encoding, "replace")
    with tempfile.TemporaryDirectory() as folder:
        error = refused(
            BackupStore(Path(folder), SITE, "a"), Reply(body, media_type=media_type), wish=Wish(minimum_size=1)
        )
        assert isinstance(error, (Refused, UnexpectedAnswer))
        assert len(error.got) < 500


def test_without_a_length_only_when_the_user_says_so(store: BackupStore) -> None:
    taken = take(store, Reply(binary(5000), length=None), wish=Wish(accept_unknown_length=True))
    assert taken.backup.manifest.complete_by == "not proven"
    assert "not proven that the backup is whole" in taken.warnings[0]


def test_a_page_is_not_downloaded_to_its_end(store: BackupStore) -> None:
    pieces = []

    def page() -> Iterator[bytes]:
        for _number in range(1000):
            pieces.append(1)
            yield b"<html>" + b" " * 8000

    refused(store, Reply(page(), length=None, headers={"transfer-encoding": "chunked"}))
    assert len(pieces) == 1


def test_too_large_for_the_disk_is_said_before_it_is_downloaded(store: BackupStore) -> None:
    pieces = []

    def body() -> Iterator[bytes]:
        pieces.append(1)
        yield b"\x00" * 1000

    with mock.patch.object(BackupStore, "room", return_value=Room(999, 1, None)):
        error = refused(store, Reply(body(), length=1000))
    assert isinstance(error, BadInput)
    assert error.facts == {"free": 999, "needed": 1000}
    assert pieces == []


def test_a_failing_disk_leaves_nothing(store: BackupStore) -> None:
    with mock.patch.object(backup_file.Part, "seal", side_effect=BadInput("a", "b", "c")):
        refused(store, Reply(binary(5000)))


# Another appliance's


def test_another_appliance_after_the_download(store: BackupStore) -> None:
    answers = iter([IDENTITY, dataclasses.replace(IDENTITY, appliance_id="f" * 32)])
    error = refused(store, Reply(binary(5000)), identify=lambda: next(answers))
    assert isinstance(error, UnexpectedAnswer)
    assert "not the same before and after" in error.got


def test_gone_after_the_download(store: BackupStore) -> None:
    def identify() -> Identity:
        if store.folder.exists():
            raise ServiceDown("look", "HTTP status 503", "Wait.")
        return IDENTITY

    assert isinstance(refused(store, Reply(binary(5000)), identify=identify), ServiceDown)


def test_the_very_backup_of_another_site(store: BackupStore) -> None:
    other = BackupStore(store.directory, "other.example.com", "a")
    silent: Callable[[], Identity] = lambda: SILENT  # noqa: E731
    take(other, Reply(binary(5000)), identify=silent)
    error = refused(store, Reply(binary(5000)), identify=silent)
    assert error.facts["other_site"] == "other.example.com"
    take(store, Reply(binary(5000, seed=2)), identify=silent)
    take(store, Reply(binary(5000, seed=2)), identify=silent)


def test_the_same_appliance_for_two_sites_is_said(store: BackupStore) -> None:
    take(BackupStore(store.directory, "other.example.com", "a"), Reply(binary(5000)))
    taken = take(store, Reply(binary(5000, seed=2)))
    assert "also the one that was backed up for other.example.com" in taken.warnings[0]


def named(host: str) -> Reply:
    return Reply(binary(5000), headers={"content-disposition": f"attachment; filename*=UTF-8''{host}-11.1.1.nsb"})


def test_a_file_named_after_another_host(store: BackupStore) -> None:
    error = refused(store, named("other.example.net"))
    assert error.facts["host"] == "other.example.net"
    assert "host_names" in error.remedy
    assert take(store, named("other.example.net"), wish=Wish(host_names=("other.example.net",))).warnings == ()


def test_a_host_name_that_nothing_speaks_against_is_only_said(store: BackupStore) -> None:
    """As with releases that do not tell their name: whether the file name holds the site's is assumed."""
    first = take(store, named("box.internal.example"), identify=lambda: SILENT, url="https://192.0.2.1")
    assert any("box.internal.example" in warning for warning in first.warnings)
    again = take(store, named("box.internal.example"), identify=lambda: SILENT)
    assert not any("box.internal.example" in warning for warning in again.warnings)
    assert "another host" in refused(store, named("other.example.net"), identify=lambda: SILENT).got


def test_a_file_named_after_another_site_here(store: BackupStore) -> None:
    take(BackupStore(store.directory, "other.example.net", "a"), Reply(binary(700)), identify=lambda: SILENT)
    assert "another host" in refused(store, named("other.example.net"), identify=lambda: SILENT).got


@given(
    st.sampled_from(
        [
            "attachment; filename={}",
            'x; filename="{}"',
            "a; filename*={}",
            "a; filename*=UTF-8''{}",
            "a; filename*0*={}",
            "{}",
        ]
    ),
    st.text(st.characters(max_codepoint=0x17F, exclude_categories=["Cs"])),
)
@example("a; filename*={}", "\x00''x.nsb")
@example("a; filename*={}", "idna''%ff%fe")
@settings(max_examples=300, deadline=None)
def test_any_file_name_can_be_sent(form: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = BackupStore(Path(folder), SITE, "a")
        reply = Reply(binary(600), headers={"content-disposition": form.format(text)})
        with contextlib.suppress(UnexpectedAnswer):
            taken = take(store, reply)
            assert verify(taken.backup.path) == taken.backup
            assert taken.backup.path.parent == store.folder


# Warnings


def test_half_the_size_is_said(store: BackupStore) -> None:
    take(store, Reply(binary(5000)), age=100)
    assert take(store, Reply(binary(2500)), age=50).warnings == ()
    assert "less than half" in take(store, Reply(binary(1249))).warnings[0]


def test_a_backup_that_shrank_and_has_no_length_is_looked_at_twice(store: BackupStore) -> None:
    """The appliance may have stopped half-way, and ended the chunks in good form."""

    def chunked(size: int) -> Reply:
        return Reply(binary(size), length=None, headers={"transfer-encoding": "chunked"})

    take(store, chunked(5000), age=100)
    assert take(store, chunked(4000), chunked(5000), age=50).backup.manifest.size == 5000
    assert take(store, chunked(4600), age=40).backup.manifest.size == 4600
    shrunk = take(store, chunked(1000), chunked(1000), age=30)
    assert shrunk.backup.manifest.size == 1000
    assert "less than half" in shrunk.warnings[0]
    assert len(left(store)) == 8


def test_a_long_text_is_taken_and_said(store: BackupStore) -> None:
    taken = take(store, Reply(b"QmFzZTY0 " * 10_000))
    assert "plain text" in taken.warnings[0]


def test_another_box_than_last_time_is_said(store: BackupStore) -> None:
    take(store, Reply(binary(5000)))
    other = dataclasses.replace(IDENTITY, appliance_id="f" * 32)
    assert "Another appliance answers" in take(store, Reply(binary(5000)), identify=lambda: other).warnings[0]


def test_a_standby_is_said(store: BackupStore) -> None:
    standby = dataclasses.replace(IDENTITY, failover_role="backup")
    taken = take(store, Reply(binary(5000)), identify=lambda: standby)
    assert "role backup" in taken.warnings[0]
    assert verify(taken.backup.path).manifest.warnings == taken.warnings


def test_left_overs_are_removed_and_named(store: BackupStore) -> None:
    store.folder.mkdir()
    part = store.folder / f"{SITE}-a-20231114T221320Z-11.1.1.nsb.part"
    part.write_bytes(b"half")
    assert take(store, Reply(binary(5000))).removed_parts == (part.name,)
    assert not part.exists()
