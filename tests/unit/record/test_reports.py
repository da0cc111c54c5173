# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports: what they say of each kind of record, that they are well-formed, and that no value gets out of its place."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import (
    html_page,
    report_files,
    report_html,
    report_text,
    report_view,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.plugins.module_utils.report_view import View, moment, shown, span, view
from ansible_collections.bomgar.appliance.tests.unit.record import samples
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

KINDS = {
    "good": samples.good,
    "failed": samples.failed,
    "interrupted": samples.interrupted,
    "refused": samples.refused,
    "nothing to do": samples.nothing_to_do,
}
#: Elements and attributes that the page may have. None of them fetches, runs or leads anywhere.
ELEMENTS = set(
    "html head meta title style body header main footer section article div span p h1 h2 h3 h4 dl dt dd ol ul li table caption thead tbody tr th td "
    "details summary strong code bdi time a svg rect line text".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class id aria-labelledby aria-label aria-hidden role tabindex scope datetime dir href focusable "
    "x y x1 x2 y1 y2 width height rx text-anchor".split()
)


def page(data: dict[str, Any]) -> Any:
    return html.document_fromstring(report_html.render(data))


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


# -- what is said


@pytest.mark.parametrize(
    ("kind", "word", "sentence"),
    [
        (
            "good",
            "Upgraded",
            "support.example.com was upgraded: site software 10.5.3 → 11.1.1, base software 3.2.4 → 3.2.6.",
        ),
        ("failed", "Failed", "The upgrade of support.example.com failed at \u201cInstall Base Software-3.2.6\u201d."),
        (
            "interrupted",
            "No end yet",
            (
                "The upgrade of support.example.com is at work or was interrupted; outcome unknown: "
                "\u201cInstall Base Software-3.2.6\u201d began 2026-11-22 19:43:50Z and has no end yet."
            ),
        ),
        ("refused", "Refused", "The upgrade of support.example.com was refused at \u201cCheck readiness\u201d."),
        (
            "nothing to do",
            "Nothing to do",
            "Nothing had to be changed on support.example.com: it runs site software 11.1.1, base software 3.2.6.",
        ),
    ],
)
def test_the_outcome_is_a_word_and_a_sentence_in_every_report(kind: str, word: str, sentence: str) -> None:
    data = KINDS[kind]()
    assert (view(data).mark.word, view(data).sentence) == (word, sentence)
    outcome = page(data).get_element_by_id("outcome")
    assert word in words(outcome)
    assert sentence in words(outcome)
    assert page(data).findtext("head/title") == f"{word}: support.example.com"
    assert word in report_text.markdown(data).splitlines()[0]
    assert f'name="outcome" value="{word}"' in report_text.junit(data)
    assert json.loads(report_text.json_view(data))["derived"]["sentence"] == sentence


@pytest.mark.parametrize("kind", KINDS)
def test_no_report_of_a_rehearsal_can_be_taken_for_one_of_an_upgrade(kind: str) -> None:
    real = KINDS[kind]()
    data = {**real, "rehearsal": True}
    word, sentence = view(data).mark.word, view(data).sentence
    assert word.startswith("Rehearsal: ")
    assert sentence.startswith("A rehearsal on a simulated twin: nothing was done to support.example.com")
    assert sentence.endswith(view(real).sentence)
    assert page(data).findtext("head/title") == f"{word}: support.example.com"
    assert "Report of a rehearsal" in words(page(data))
    assert sentence in words(page(data).get_element_by_id("outcome"))
    assert "Rehearsal: " in report_text.markdown(data).splitlines()[0]
    assert "bomgar.appliance rehearsal: support.example.com" in report_text.junit(data)
    assert json.loads(report_text.json_view(data))["derived"]["word"] == word


def test_of_several_failures_the_newest_is_named() -> None:
    data = samples.failed()
    record = Record(data, None, Writer(Run("run-3", "ada", "control.example.com", {})))
    with record.step("Back up", module="backup") as step:
        step.done("failed")
    assert view(data).sentence.startswith("The upgrade of support.example.com failed at \u201cBack up\u201d.")


def test_an_outage_whose_end_nobody_saw_is_told_by_its_bounds() -> None:
    data = samples.good()
    data["outages"] = [
        {
            "down_from": "2026-11-22T19:00:00Z",
            "last_down": "2026-11-22T19:00:10Z",
            "up_at": "2026-11-22T19:05:00Z",
            "unwatched": 290.0,
        }
    ]
    assert view(data).outage_text.startswith("between 10 s and 5 min 00 s, nobody looked in between")


def test_work_that_is_not_complete_is_not_finished() -> None:
    data = samples.good()
    del data["steps"][3:]
    seen = view(data)
    assert seen.mark.word == "Not finished"
    assert seen.not_begun == ("Install Bomgar-11.1.1", "Validate")
    assert "Run the same playbook again" in seen.to_do[0].text


def test_an_unknown_end_and_a_change_of_no_version() -> None:
    data = samples.good()
    data["steps"][3]["outcome"] = "unknown"
    assert view(data).sentence.startswith(
        "How the upgrade of support.example.com ended is unknown, since \u201cInstall Bomgar"
    )
    assert "Changed so far" in view(data).sentence
    data = samples.good()
    data["snapshots"]["after"] = data["snapshots"]["before"]
    assert (
        view(data).sentence
        == "Everything on support.example.com was done; it runs site software 10.5.3, base software 3.2.4."
    )
    data["snapshots"] = {"before": {}, "after": {}}
    data["wish"] = {}
    assert view(data).sentence == "Everything on support.example.com was done."


def test_two_appliances_are_named() -> None:
    data = samples.good()
    for phase in ("before", "after"):
        values = data["snapshots"][phase].pop("")
        data["snapshots"][phase] |= {"a": values, "b": values}
    assert "a and b: site software 10.5.3 → 11.1.1" in view(data).sentence
    data["snapshots"]["after"]["b"] = data["snapshots"]["before"]["b"]
    assert "upgraded: a: site software 10.5.3 → 11.1.1" in view(data).sentence
    assert page(data).xpath("//section[@aria-labelledby='versions']//td/bdi[.='b']")


def test_what_to_do_comes_from_the_deciding_steps_and_checks() -> None:
    about = {kind: [item.about for item in view(make()).to_do] for kind, make in KINDS.items()}
    assert about == {
        "good": ["Consoles that were deployed by MSI"],
        "failed": ["Install Base Software-3.2.6", "Nobody is in a session", "The Vault key is exported"],
        "interrupted": ["Install Base Software-3.2.6", "Nobody is in a session", "The Vault key is exported"],
        "refused": [
            "Check readiness",
            "The account may back up",
            "Nobody is in a session",
            "The Vault key is exported",
        ],
        "nothing to do": [],
    }


def test_what_a_step_and_its_check_say_alike_is_said_once_by_the_check() -> None:
    data = samples.refused()
    data["steps"][-1]["action"] = "Give it the permission."
    assert view(data).to_do[0].about == "The account may back up"


def test_what_the_validation_warns_of_is_to_do_and_what_was_for_before_is_past() -> None:
    data = samples.good()
    data["checks"][-1] |= {"outcome": "warn"}
    assert [item.about for item in view(data).to_do] == ["Consoles that were deployed by MSI"]
    data["checks"][-1] |= {"waived": "nobody has one"}
    assert view(data).to_do == ()
    del data["checks"][-2:]
    assert [item.about for item in view(data).to_do] == ["The Vault key is exported"]


def test_checks_come_worst_first_and_waivers_with_their_reason() -> None:
    data = samples.refused()
    data["checks"].append({**data["checks"][0], "id": "odd", "title": "Odd", "outcome": "marvellous"})
    assert [check.mark.word for check in view(data).checks] == [
        "Fail",
        "Could not be checked",
        "marvellous",
        "By hand",
        "Warning, waived",
        "Pass",
        "Pass",
        "Not applicable",
    ]
    section = words(page(data).xpath("//section[@aria-labelledby='checks']")[0])
    assert "Waived: The renewal is ordered, ticket 4711." in section
    waived = {**data["checks"][0], "outcome": "error", "waived": "seen to"}
    data["checks"] = [waived]
    assert view(data).checks[0].mark.word == "Could not be checked, waived"  # never a pass


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "2 min 10 s ± 5 s (looked every 5 s, by check_health)"),
        ({"outages": None}, "not measured"),
        ({"outages": []}, "never seen (looked every 5 s, by check_health)"),
        ({"outages": [], "watched": None}, "never seen"),
    ],
)
def test_the_outage_is_told_with_its_resolution(change: dict[str, Any], text: str) -> None:
    assert view(samples.good() | change).outage_text == text


def test_an_outage_without_an_end_and_several() -> None:
    assert view(samples.failed()).outage_text.startswith("at least 15 min 00 s, not seen up again")
    data = samples.good()
    data["outages"] *= 2
    assert "4 min 20 s ± 5 s, 2 times" in view(data).outage_text
    assert len(page(data).find_class("down")) == 2


def test_the_time_line_is_to_scale() -> None:
    run = view(samples.good()).runs[0]
    bars = {step.title: place for step, place in run.steps}
    whole = 4.2 + 46 + 345 + 215 + 6
    assert bars["Back up"].width == pytest.approx(46 / whole * 100, abs=0.01)
    assert bars["Install Bomgar-11.1.1"].left == pytest.approx((4.2 + 46 + 345) / whole * 100, abs=0.01)
    assert run.outages[0].place.width == pytest.approx(130 / whole * 100, abs=0.01)
    assert [text for _rest, text in run.ticks] == ["19:45", "19:50"]
    for step, place in run.steps:
        assert 0 <= place.left <= place.left + place.width <= 100.01, step.title


def test_each_run_has_its_own_scale_and_superseded_steps_are_marked() -> None:
    seen = view(samples.failed())
    assert [len(run.steps) for run in seen.runs] == [3, 2]
    assert [step.superseded for step in seen.steps] == [True, False, True, False, False]
    assert "last heard of" in words(page(samples.failed()))
    assert "last heard of" not in words(page(samples.good()))


@given(start=st.floats(0, 4e9), length=st.floats(0.001, 1e8))
def test_a_time_line_has_few_marks_and_all_on_it(start: float, length: float) -> None:
    marks = report_view._ticks(start, length)
    assert len(marks) <= 6
    assert all(0 <= place <= 100.01 for place, _rest in marks)


def test_a_backup_says_what_it_leaves_out() -> None:
    section = words(page(samples.good()).xpath("//section[@aria-labelledby='backup']")[0])
    for text in (
        samples.BACKUP["sha256"],
        "46.2 MiB (48393011 bytes)",
        "2026-11-22 19:03:12Z",
        "the Vault encryption key",
    ):
        assert str(text) in section
    data = samples.good()
    data["backups"] = [{"taken_at": 1_795_376_580.0, "leaves_out": ["recordings"], "size": 7}]
    backup = view(data).backups[0]
    assert (backup.taken, backup.leaves_out, backup.size) == ("2026-11-22 19:43:00Z", (("recordings", ""),), "7 bytes")
    data["backups"] = [{"taken_at": "then"}]
    assert "does not say what it leaves out" in words(page(data))


def test_evidence_and_versions_of_the_tool_are_there() -> None:
    text = words(page(samples.good()))
    for wanted in (
        "install Install Bomgar-11.1.1",
        "302",
        "percent",
        "Observations (5)",
        "record of format 1",
        "sha256:4be1c0ffee",
    ):
        assert wanted in text
    data = samples.good()
    data["steps"][2]["evidence"]["left_out"] = 7
    data["steps"][2]["error"] = {"reason": "refused", "got": "no"}
    assert "7 more left out" in words(page(data))
    assert "refused" in words(page(data))


def test_a_bare_record_is_enough() -> None:
    data = Record.in_memory("s", Writer(Run("r", "", "")), wish={}, path=None).data
    data["runs"] = []
    assert view(data).mark.word == "Not finished"
    page(data)
    etree.fromstring(report_text.junit(data).encode())
    report_text.markdown(data)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0 s"),
        (0.02, "20 ms"),
        (0.44, "0.4 s"),
        (-1, "0 s"),
        (43, "43 s"),
        (59.7, "1 min 00 s"),
        (400, "6 min 40 s"),
        (3725, "1 h 02 min"),
    ],
)
def test_lengths_of_time(length: float, text: str) -> None:
    assert span(length) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 bytes"),
        (2048, "2.0 KiB (2048 bytes)"),
        (2**50, "1024.0 TiB (1125899906842624 bytes)"),
        ("big", "big"),
        (None, ""),
        (True, "yes"),
    ],
)
def test_sizes(value: Any, text: str) -> None:
    assert report_view.size_text(value) == text


def test_times_have_their_zone() -> None:
    assert moment("2026-11-22T18:43:00.250Z") == "2026-11-22 18:43:00Z"


# -- JUnit


def test_junit_counts_what_it_holds() -> None:
    for make in KINDS.values():
        root = etree.fromstring(report_text.junit(make()).encode())
        for name, tag in (("failures", "failure"), ("errors", "error"), ("tests", "testcase")):
            assert int(root.get(name)) == len(list(root.iter(tag)))
            assert int(root.get(name)) == sum(int(suite.get(name)) for suite in root)
        assert sum(int(suite.get("skipped")) for suite in root) == len(list(root.iter("skipped")))


def cases(data: dict[str, Any]) -> dict[str, str]:
    """Test case to its result: the tag of its first child."""
    root = etree.fromstring(report_text.junit(data).encode())
    found = {}
    for case in root.iter("testcase"):
        results = [item.tag for item in case if item.tag in ("failure", "error", "skipped")]
        found[str(case.get("name"))] = results[0] if results else "passed"
    return found


def test_junit_tells_failures_errors_and_what_ci_cannot_judge_apart() -> None:
    assert cases(samples.failed()) == {
        "Back up": "passed",
        "Check readiness": "passed",
        "Install Base Software-3.2.6 (main)": "failure",
        "Install Bomgar-11.1.1": "skipped",
        "Validate": "skipped",
        "Nobody is in a session [sessions]": "error",
        "The Vault key is exported [vault_key]": "skipped",
        "The certificate outlives the window [certificate]": "skipped",
        "The API answers [api_reachable]": "passed",
        "The clocks agree [clock]": "passed",
        "No Atlas cluster [atlas]": "skipped",
    }
    assert cases(samples.interrupted())["Install Base Software-3.2.6 (main)"] == "error"
    assert cases(samples.refused())["Check readiness"] == "failure"
    assert cases(samples.refused())["The account may back up [permitted]"] == "failure"


def test_junit_does_not_fail_for_what_a_good_validation_has_overtaken() -> None:
    """Somebody upgraded by hand after the refusal: the pipeline's file says what is, the page also what was."""
    record = Record(samples.refused(), None, Writer(samples.run(2)))
    record.data["plan"] = None
    for step in record.data["steps"]:
        step["id"] = "readiness"
    record.step("Validate", step_id="validation").done("unchanged")
    assert view(record.data).standing.finished
    assert not {"failure", "error"} & set(cases(record.data).values())
    assert "Refused" in report_text.markdown(record.data)
    assert "Fail, in the past" in report_text.markdown(record.data)


# -- nothing gets out of its place


def test_a_hostile_record_is_a_page_of_our_own_elements_only() -> None:
    source = report_html.render(samples.hostile())
    tree = html.document_fromstring(source.encode(), parser=html.HTMLParser(encoding="utf-8"))
    elements = [item for item in tree.iter() if isinstance(item.tag, str)]
    assert {item.tag for item in elements} <= ELEMENTS
    assert {str(name) for item in elements for name in item.attrib} <= ATTRIBUTES
    assert not list(tree.iter(etree.Comment))
    assert len(list(tree.iter("style"))) == 1
    assert len(list(tree.iter("meta"))) == 6
    for item in elements:
        assert item.get("href", "#").startswith("#step-") or item.get("href") is None
        for value in item.attrib.values():
            assert "injected" not in value
            assert "evil" not in value


def test_a_page_has_the_same_elements_whatever_the_values_are() -> None:
    harmless = tuple(f"value {number}" for number in range(len(samples.HOSTILE)))
    shapes = [[item.tag for item in page(samples.hostile(values)).iter()] for values in (samples.HOSTILE, harmless)]
    assert shapes[0] == shapes[1]


def test_a_hostile_value_is_shown_as_it_is() -> None:
    data = samples.good()
    for value in samples.HOSTILE:
        data["steps"][2]["detail"] = value
        shown_value = " ".join(shown(value).split())
        assert shown_value in words(page(data))
        root = etree.fromstring(report_text.junit(data).encode())
        assert any(shown_value in " ".join(text.split()) for text in root.itertext())


def test_the_policy_fits_the_style_sheet() -> None:
    import base64
    import hashlib

    tree = page(samples.good())
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    digest = base64.b64encode(hashlib.sha256(tree.findtext("head/style").encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in html_page.STYLE
    assert "@import" not in html_page.STYLE
    assert "<" not in html_page.STYLE


#: What makes an element, a link or a heading in Markdown, if no backslash stands before it.
ACTIVE = re.compile(r"(?<!\\)(?:\\\\)*[`<>\[\]_{}~]|(?<!\\)(?:\\\\)*\*(?!\*)|[@#!%&$^~](?=\w)|://|www\.", re.IGNORECASE)


def untrusted(text: str) -> Iterator[str]:
    """The parts of a Markdown report that come from a record."""
    for line in text.splitlines():
        if line.startswith("| ---") or (line.startswith("#") and "support" not in line):
            continue
        yield line.replace("**", "")


def test_markdown_holds_no_markup_but_ours() -> None:
    harmless = tuple(f"value {number}" for number in range(len(samples.HOSTILE)))
    text, plain = (report_text.markdown(samples.hostile(values)) for values in (samples.HOSTILE, harmless))
    for line in untrusted(text):
        assert not ACTIVE.search(line), line
    assert len(text.splitlines()) == len(plain.splitlines())
    pipes = [len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines()]
    assert pipes == [len(re.findall(r"(?<!\\)\|", line)) for line in plain.splitlines()]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_stands_in_every_report(text: str) -> None:
    data = samples.good()
    data["steps"][2].update(title=text, detail=text, action=text, facts={text: text})
    data["site"] = text
    data["snapshots"]["after"][""]["values"]["versions"] = {"site": text, text: text}
    data["checks"][0]["title"] = text
    source = report_html.render(data)
    tree = html.document_fromstring(source.encode(), parser=html.HTMLParser(encoding="utf-8"))
    assert " ".join(shown(text).split()) in words(tree)
    etree.fromstring(report_text.junit(data).encode())
    report_text.markdown(data).encode()
    assert json.loads(report_text.json_view(data))["record"] == data


@given(st.text())
def test_what_is_shown_is_visible(text: str) -> None:
    for char in shown(text):
        assert (
            char.isprintable()
            or char in "\n\t"
            or not re.match("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", char)
        )


def test_the_same_record_gives_the_same_reports() -> None:
    for _rest, make in report_files.FORMATS.values():
        assert make(samples.good()) == make(samples.good())


# -- files


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A record on disk; the folder of its site."""
    with Record.take(tmp_path, "support.example.com", Writer(Run("r", "ada", "c")), wish={}, path=None) as record:
        record.data.update({key: value for key, value in samples.good().items() if key != "created"})
        record.snapshot("after", {}, "written")
    return tmp_path / "support.example.com"


def test_reports_lie_beside_their_record_and_are_written_once(written: Path) -> None:
    first = report_files.report(str(written), report_files.FORMATS, None)
    assert first["changed"]
    assert first["outcome"] == "changed"
    folder = (written / "latest").resolve()
    assert set(first["paths"].values()) == {
        str(folder / name) for name in ("report.html", "report.json", "report.xml", "report.md")
    }
    for path in first["paths"].values():
        assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
        assert Path(path).read_bytes()
    again = report_files.report(str(written), report_files.FORMATS, None)
    assert (again["changed"], again["diff"]) == (False, [])
    (folder / "report.md").write_text("old")
    third = report_files.report(str(written), report_files.FORMATS, None)
    assert [item["before"] for item in third["diff"]] == ["old"]


def test_a_rehearsal_writes_nothing(written: Path, tmp_path: Path) -> None:
    told = report_files.report(str(written), ["junit", "junit"], str(tmp_path / "x" / "y"), rehearse=True)
    assert told["changed"]
    assert told["paths"] == {"junit": str(tmp_path / "x" / "y" / "report.xml")}
    assert not (tmp_path / "x").exists()
    report_files.report(str(written), ["junit"], str(tmp_path / "x" / "y"))
    assert (tmp_path / "x" / "y" / "report.xml").is_file()


def test_what_cannot_be_read_or_written_is_said(written: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no record\.json"):
        report_files.report(str(tmp_path / "nobody"), ["html"], None)
    with pytest.raises(BadInput, match="write the report"):
        report_files.report(str(written), ["html"], str(written / "latest" / "record.json"))
    (tmp_path / "d" / "report.html").mkdir(parents=True)
    with pytest.raises(BadInput, match="read the report"):
        report_files.report(str(written), ["html"], str(tmp_path / "d"))


def test_a_view_is_made_of_a_record_that_was_read(written: Path) -> None:
    assert isinstance(view(Record.open(written).data), View)


def test_of_a_pair_each_step_says_of_which_appliance_it_is() -> None:
    made = Record.in_memory("support.example.com", Writer(Run("r", "ada", "c")), wish={}, path="in_place")
    for title, appliance in (
        ("Take a verified backup", "a"),
        ("Install x.pkg", "b"),
        ("Sync b from a", "b"),
        ("Sign-off of a", "a"),
    ):
        with made.step(title, step_id=title, appliance=appliance) as step:
            step.done("changed")
    titles = [step.title for step in view(made.data).steps]
    assert titles == ["Take a verified backup (a)", "Install x.pkg (b)", "Sync b from a", "Sign-off of a"]


def test_between_the_windows_the_next_step_is_the_second_one() -> None:
    made = Record.in_memory("support.example.com", Writer(Run("r", "ada", "c")), wish={"site": "2"}, path="in_place")
    steps = [
        {"id": "break", "title": "Break", "appliance": "a", "window": "first"},
        {"id": "establish", "title": "Establish", "appliance": "a", "window": "second"},
    ]
    made.set_plan({"fingerprint": "x", "pair": {"production": "a"}, "steps": steps})
    with made.step("Break", step_id="break", appliance="a") as step:
        step.done("changed")
    assert any("bomgar_window: second" in item.text for item in view(made.data).to_do)
