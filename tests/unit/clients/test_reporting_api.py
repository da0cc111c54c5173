# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sessions run, by the reporting API."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    BomgarError,
    NotSupported,
    PermissionRefused,
    UnexpectedAnswer,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials
from ansible_collections.bomgar.appliance.plugins.module_utils.reporting_api import LOOK_BACK, ReportingApi
from ansible_collections.bomgar.appliance.plugins.module_utils.site_api import UserPassword
from ansible_collections.bomgar.appliance.tests.unit.clients.fake_sender import FakeSender, xml
from hypothesis import given
from hypothesis import strategies as st

NOW = 1_700_000_000.9


def reporting(*bodies: str) -> tuple[ReportingApi, FakeSender]:
    sender = FakeSender(api=[xml(body) for body in bodies])
    return ReportingApi(sender, UserPassword(Credentials("me", "a-long-secret")), lambda _seconds: None), sender


def asked(sender: FakeSender) -> list[dict[str, str]]:
    return [dict(request.form or ()) for request in sender.requests]


def session(lsid: str, end: str, space: str = "") -> str:
    return (
        f'<session lsid="{lsid}"{space}><session_type>support</session_type>'
        f'<start_time timestamp="1699999000">2023</start_time>{end}'
        "<rep_list><representative><display_name>Ann</display_name></representative></rep_list></session>"
    )


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.bomgar.com/namespaces/API/reporting"'])
@pytest.mark.parametrize(
    ("end", "runs"),
    [
        ("", True),
        ("<end_time/>", True),
        ('<end_time timestamp=""></end_time>', True),
        ("<end_time> </end_time>", True),
        ('<end_time timestamp="1699999900">2023-11-14T22:11:40+00:00</end_time>', False),
    ],
)
def test_a_session_without_an_end_runs(namespace: str, end: str, runs: bool) -> None:
    api, sender = reporting(f"<session_list{namespace}>{session('0123', end)}</session_list>")
    found = api.running_sessions(NOW)
    assert len(found) == runs
    if runs:
        assert (found[0].lsid, found[0].start_time, found[0].representatives) == ("0123", 1699999000.0, ("Ann",))
    [query] = asked(sender)
    assert query["generate_report"] == "SupportSession"
    assert (query["start_time"], query["duration"]) == (str(int(NOW - LOOK_BACK)), "0")


@pytest.mark.parametrize(
    "words", ["No archives found for the given search criteria.", "No sessions found", "no support sessions matched"]
)
def test_nothing_found_is_an_error_that_means_none(words: str) -> None:
    assert reporting(f"<error>{words}</error>")[0].running_sessions(NOW) == ()
    assert reporting("<session_list/>")[0].running_sessions(NOW) == ()


NONE = "<error>No sessions found</error>"
OTHER = "<error>Invalid report type</error>"


@pytest.mark.parametrize("first", [NONE, "<session_list/>"])
def test_none_of_one_report_asks_the_other_one(first: str) -> None:
    api, sender = reporting(first, f"<session_list>{session('7', '')}</session_list>")
    assert [item.lsid for item in api.running_sessions(NOW)] == ["7"]
    assert [query["generate_report"] for query in asked(sender)] == ["SupportSession", "AccessSession"]


@pytest.mark.parametrize("answers", [(NONE, OTHER), (OTHER, NONE), (NONE, NONE), (OTHER, "<session_list/>")])
def test_none_where_one_report_is_there_and_has_none(answers: tuple[str, str]) -> None:
    assert reporting(*answers)[0].running_sessions(NOW) == ()


def test_an_answer_with_sessions_is_enough() -> None:
    api, sender = reporting(f"<session_list>{session('7', '<end_time>x</end_time>')}</session_list>", "<html/>")
    assert api.running_sessions(NOW) == ()
    assert len(sender.requests) == 1


@pytest.mark.parametrize(
    ("second", "kind"), [("<error>This is not allowed</error>", PermissionRefused), ("<html/>", UnexpectedAnswer)]
)
def test_none_of_one_and_no_answer_of_the_other_is_not_none(second: str, kind: type[BomgarError]) -> None:
    with pytest.raises(kind):
        reporting(NONE, second)[0].running_sessions(NOW)


def test_the_other_product_has_another_report() -> None:
    api, sender = reporting("<error>Invalid report type</error>", f"<session_list>{session('7', '')}</session_list>")
    assert [item.lsid for item in api.running_sessions(NOW)] == ["7"]
    assert [query["generate_report"] for query in asked(sender)] == ["SupportSession", "AccessSession"]


def test_neither_report_is_there() -> None:
    with pytest.raises(NotSupported):
        reporting("<error>Invalid report</error>")[0].running_sessions(NOW)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<error>You are not allowed to use the reporting API</error>", PermissionRefused),
        ("<html/>", UnexpectedAnswer),
        ("<session_list><session lsid='1'>", UnexpectedAnswer),
        ("", UnexpectedAnswer),
    ],
)
def test_what_does_not_tell_is_never_none_running(body: str, kind: type[BomgarError]) -> None:
    with pytest.raises(kind):
        reporting(body)[0].running_sessions(NOW)


@given(st.lists(st.booleans(), max_size=8))
def test_every_running_session_is_found(ended: list[bool]) -> None:
    done = '<end_time timestamp="1">x</end_time>'
    body = "".join(session(str(number), done if end else "") for number, end in enumerate(ended))
    found = reporting(f"<session_list>{body}</session_list>")[0].running_sessions(NOW)
    assert [item.lsid for item in found] == [str(number) for number, end in enumerate(ended) if not end]
