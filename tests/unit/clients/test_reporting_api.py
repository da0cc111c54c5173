# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which sessions run, and which there were, by the reporting API."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import (
    BomgarError,
    NotSupported,
    PermissionRefused,
    RateLimited,
    Refused,
    ServiceDown,
    UnexpectedAnswer,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Credentials
from ansible_collections.bomgar.appliance.plugins.module_utils.reporting_api import (
    LOOK_BACK,
    ReportingApi,
    Search,
    pieces_of,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.site_api import OAuth, UserPassword
from ansible_collections.bomgar.appliance.plugins.module_utils.transport import Answer, Request
from ansible_collections.bomgar.appliance.tests.unit.clients.fake_sender import FakeSender, status, token, xml
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


# All sessions of a period

SEARCH = Search("start_time", 1000, 4600)


def listing(*lsids: str) -> str:
    return (
        f"<session_summary_list>{''.join(f'<session_summary lsid={one!r}/>' for one in lsids)}</session_summary_list>"
    )


def test_sessions_come_one_by_one_and_the_bytes_as_they_are() -> None:
    body = f"<session_list>\r\n {session('0123', '')}{session('7', '<end_time>x</end_time>')}</session_list>\n"
    api, sender = reporting(body)
    rows, kept = [], bytearray()
    assert api.sessions("AccessSession", SEARCH, rows.append, kept.extend)
    assert [(row.lsid, row.running) for row in rows] == [("0123", True), ("7", False)]
    assert kept.decode() == body
    [query] = asked(sender)
    assert (query["generate_report"], query["start_time"], query["duration"]) == ("AccessSession", "1000", "3600")


def test_none_is_told_from_an_error() -> None:
    assert not reporting(NONE)[0].sessions("SupportSession", SEARCH, lambda _row: None)
    assert reporting("<session_list/>")[0].sessions("SupportSession", SEARCH, lambda _row: None)
    for body, kind in (("<error>You are not permitted</error>", PermissionRefused), ("", UnexpectedAnswer)):
        with pytest.raises(kind):
            reporting(body)[0].sessions("SupportSession", SEARCH, lambda _row: None)


class TestWordsThatNobodyListed:
    """The error that says that there is none, in another language: no words for it are documented."""

    WORDS = "Nessuna sessione trovata."

    def appliance(self, first: int | None, words: str = WORDS, always: str = "") -> tuple[ReportingApi, FakeSender]:
        """One that holds a session of the second `first`."""

        def answer(request: Request) -> Answer:
            query = dict(request.form or ())
            begin, length = int(query["start_time"]), int(query["duration"])
            if query["generate_report"] != "SupportSession":
                return xml("<error>Tipo di rapporto non valido</error>")
            if first is not None and begin <= first and (not length or first < begin + length):
                return xml(f"<session_list>{session('7', '<end_time>x</end_time>')}</session_list>")
            return xml(f"<error>{words if begin == 1 or not always else always}</error>")

        api, sender = reporting("")
        sender.judge = answer
        return api, sender

    @pytest.mark.parametrize("days", [0.5, 5, 20])
    def test_mean_none_where_the_report_gives_sessions_of_other_days(self, days: float) -> None:
        api, sender = self.appliance(int(NOW - LOOK_BACK - days * 86400))
        search = Search("start_time", int(NOW - LOOK_BACK), int(NOW))
        assert not api.sessions("SupportSession", search, lambda _row: None)
        asked_then = len(sender.requests)
        assert not api.sessions("SupportSession", search, lambda _row: None)
        assert len(sender.requests) == asked_then + 1, "found out once"
        assert api.session_reports(int(NOW)) == ("SupportSession",)

    def test_mean_that_none_is_running(self) -> None:
        assert self.appliance(int(NOW - 5 * 86400))[0].running_sessions(NOW) == ()

    @pytest.mark.parametrize(
        ("first", "always"),
        [(None, ""), (int(NOW - 86400 * 3), "Banca dati occupata")],
        ids=["no session at all", "other words"],
    )
    def test_are_an_error_otherwise(self, first: int | None, always: str) -> None:
        api, _sender = self.appliance(first, always=always)
        for ask in (
            lambda: api.sessions("SupportSession", Search("start_time", int(NOW), int(NOW) + 1), lambda _row: None),
            lambda: api.running_sessions(NOW),
        ):
            with pytest.raises(Refused):
                ask()


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([status(404), xml("<session_list/>")], None),
        ([status(429), xml("<session_list/>")], None),
        ([status(429)], RateLimited),
        ([status(404)], NotSupported),
        ([status(503)], ServiceDown),
        ([status(302)], UnexpectedAnswer),
    ],
)
def test_a_long_answer_is_judged_as_a_short_one(answers: list[Answer], kind: type[BomgarError] | None) -> None:
    sender = FakeSender(api=[*answers])
    api = ReportingApi(sender, UserPassword(Credentials("me", "a-long-secret")), lambda _seconds: None)
    if kind is None:
        assert api.sessions("SupportSession", SEARCH, lambda _row: None)
        assert len(sender.requests) == 2
    else:
        with pytest.raises(kind):
            api.sessions("SupportSession", SEARCH, lambda _row: None)


def test_a_token_that_died_is_replaced() -> None:
    sender = FakeSender(token=[token("t1"), token("t2")], api=[status(401), xml("<session_list/>")])
    api = ReportingApi(sender, OAuth(sender, Credentials("me", "a-long-secret")), lambda _seconds: None)
    assert api.sessions("SupportSession", SEARCH, lambda _row: None)
    assert sender.requests[-1].headers["Authorization"] == "Bearer t2"


def test_a_refused_password_is_not_tried_again() -> None:
    api, sender = reporting("<error>Login failed</error>")
    for _attempt in range(2):
        with pytest.raises(BomgarError):
            api.sessions("SupportSession", SEARCH, lambda _row: None)
    assert len(sender.requests) == 1


@pytest.mark.parametrize(
    ("answers", "reports"),
    [
        ((f"<session_list>{session('7', '')}</session_list>",), ("SupportSession",)),
        ((NONE, OTHER), ("SupportSession",)),
        ((OTHER, NONE), ("AccessSession",)),
    ],
)
def test_which_report_there_is(answers: tuple[str, ...], reports: tuple[str, ...]) -> None:
    assert reporting(*answers)[0].session_reports(1000)[:1] == reports


def test_neither_refused_and_none_found_is_both() -> None:
    assert reporting(NONE)[0].session_reports(1000) == ("SupportSession", "AccessSession")
    with pytest.raises(NotSupported):
        reporting(OTHER)[0].session_reports(1000)


def answering(judge: dict[str, list[tuple[int, str]]], listings: bool, most: int = 10**6) -> FakeSender:
    """An appliance with sessions (moment, LSID) by `start_time` and `end_time`; it never gives more than `most`."""

    def reply(request: Request) -> Answer:
        query = dict(request.form or ())
        if query["generate_report"] not in ("SupportSession", *(["SupportSessionListing"] if listings else [])):
            return xml(OTHER)
        by = "start_time" if "start_time" in query else "end_time"
        begin, duration = int(query[by]), int(query["duration"])
        found = [lsid for moment, lsid in judge[by] if begin <= moment < begin + duration][:most]
        if not found:
            return xml(NONE)
        if query["generate_report"].endswith("Listing"):
            return xml(listing(*found))
        return xml(f"<session_list>{''.join(session(lsid, '') for lsid in found)}</session_list>")

    sender = FakeSender()
    sender.judge = reply
    return sender


@pytest.mark.parametrize("listings", [True, False])
@pytest.mark.parametrize("most", [100, 10**6])
def test_session_ids_of_what_began_or_ended(listings: bool, most: int) -> None:
    began = [(86_400 + number * 60, f"b{number}") for number in range(230)]
    sender = answering({"start_time": [(10, "before"), *began], "end_time": [(90_000, "ended")]}, listings, most)
    api = ReportingApi(sender, UserPassword(Credentials("me", "a-long-secret")), lambda _seconds: None)
    found = api.session_ids(86_400.5, 86_400 + 2 * 86_400)
    assert found == {lsid for _moment, lsid in began} | {"ended"}
    assert ("SupportSessionListing" in {query["generate_report"] for query in asked(sender)}) is True


@given(st.integers(0, 10**6), st.integers(1, 10**5), st.integers(1, 10**4))
def test_a_time_is_cut_without_a_gap_and_always_at_the_same_moments(begin: int, length: int, chunk: int) -> None:
    cut = list(pieces_of(begin, begin + length, chunk))
    assert [cut[0][0], *(end for _begin, end in cut)] == [*(start for start, _end in cut), begin + length]
    assert all(end % chunk == 0 for _begin, end in cut[:-1])
