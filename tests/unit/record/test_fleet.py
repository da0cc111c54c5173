# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of many sites: which states there are, what is said of each, and that every site has its row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.filter.fleet_sites import fleet_sites
from ansible_collections.bomgar.appliance.plugins.module_utils import fleet, fleet_html, fleet_text, report_files
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.fleet import Fleet, Told
from ansible_collections.bomgar.appliance.plugins.module_utils.record import Record, Run, Writer
from ansible_collections.bomgar.appliance.tests.unit.record import samples
from lxml import html

#: Every state, by what makes it.
TOLD: dict[str, Told] = {
    "failed": Told("failed", samples.failed()),
    "unknown": Told("interrupted", samples.interrupted()),
    "refused": Told("refused", samples.refused()),
    "not_begun": Told("absent"),
    "unfinished": Told("half", {**samples.good(), "steps": samples.good()["steps"][:3]}),
    "changed": Told("good", samples.good()),
    "unchanged": Told("same", samples.nothing_to_do()),
}


def rows(*told: Told) -> dict[str, fleet.Row]:
    return {row.site: row for row in fleet.fleet(told).rows}


def many(number: int) -> Fleet:
    """So many sites, of every kind, with pages of their own."""
    kinds = list(TOLD.values())
    return fleet.fleet(
        [
            Told(f"support{place:03}.example.com", kinds[place % len(kinds)].record, page=f"s{place}/report.html")
            for place in range(number)
        ]
    )


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize("state", TOLD)
def test_every_state_is_told_by_the_record(state: str) -> None:
    seen = fleet.fleet([TOLD[state]])
    assert (seen.worst, seen.counts[state], sum(seen.counts.values())) == (state, 1, 1)
    assert seen.finished is (state in fleet.FINE)
    assert fleet.STATES[state][1] in seen.sentence


def test_the_worst_comes_first_and_then_the_name() -> None:
    seen = fleet.fleet([*reversed(TOLD.values()), Told("also-good", samples.good())])
    assert [row.site for row in seen.rows] == ["failed", "interrupted", "refused", "absent", "half", "also-good", "good", "same"]  # fmt: skip
    assert seen.mark.word == "1 of 8 sites failed"
    assert seen.sentence == (
        "8 sites: 1 failed, 1 unknown, 1 refused, 1 not begun, 1 not finished, 2 upgraded, 1 with nothing to do."
    )
    assert fleet.fleet([Told("good", samples.good())]).mark.word == "1 site, all well"


def test_an_upgrade_that_was_given_up_is_told_apart_from_one_that_was_done() -> None:
    data = samples.good()
    data["plan"] |= {"given_up": True, "steps": [{"id": step["id"], "title": step["id"]} for step in data["steps"]]}
    row = rows(Told("s", data))["s"]
    assert (row.state, row.finished) == ("given_up", False)


def test_rehearsals_cannot_be_taken_for_upgrades() -> None:
    seen = fleet.fleet([Told("s", {**samples.good(), "rehearsal": True}), Told("t", samples.good())])
    assert seen.mark.word == "Rehearsal: 2 sites, all well"
    assert seen.sentence.endswith("1 site rehearsed on simulated twins: nothing was done to them.")
    assert [site["rehearsal"] for site in json.loads(fleet_text.json_view(seen))["sites"]] == [True, False]
    assert "Rehearsal: upgraded" in fleet_html.render(seen)


def test_a_run_that_failed_before_it_wrote_anything_is_not_hidden_by_an_older_record() -> None:
    row = rows(Told("s", samples.good(), this_run=False, state="failed", because="the password is refused"))["s"]
    assert (row.state, row.finished, row.mark.word) == ("failed", False, "Failed")
    assert row.because == ("the password is refused", f"Before: {rows(Told('s', samples.good()))['s'].sentence}")
    assert rows(Told("s", samples.good(), state="failed"))["s"].state == "changed"  # it failed after the upgrade


def test_sites_without_a_record_say_what_the_run_says() -> None:
    seen = rows(
        Told("a", because="b failed in an earlier wave"),
        Told("b", state="failed", because="no login"),
        Told("c", state="unchanged"),
        Told("d", unreadable="read the record /x: it is no JSON"),
    )
    assert (seen["a"].state, seen["a"].because) == ("not_begun", ("b failed in an earlier wave",))
    assert (seen["b"].state, seen["b"].because, seen["b"].outcome) == ("failed", ("no login",), None)
    assert (seen["c"].state, seen["c"].finished, seen["c"].to_do) == ("unchanged", True, ())
    assert (seen["d"].state, seen["d"].mark.word) == ("unknown", "Record unreadable")


def test_versions_in_a_line_each() -> None:
    assert rows(TOLD["changed"])["good"].versions == ("site 10.5.3 → 11.1.1", "base 3.2.4 → 3.2.6")
    assert rows(TOLD["failed"])["failed"].versions == ("site 10.5.3 → not seen", "base 3.2.4")
    assert rows(TOLD["refused"])["refused"].versions == ("site 10.5.3", "base 3.2.4")
    data = samples.good()
    for phase in ("before", "after"):
        values = data["snapshots"][phase].pop("")
        data["snapshots"][phase] |= {"a": values, "b": values}
    assert rows(Told("s", data))["s"].versions == ("site 10.5.3 → 11.1.1", "base 3.2.4 → 3.2.6")
    data["snapshots"]["after"]["b"] = data["snapshots"]["before"]["b"]
    assert rows(Told("s", data))["s"].versions == (
        "a: site 10.5.3 → 11.1.1",
        "a: base 3.2.4 → 3.2.6",
        "b: site 10.5.3",
        "b: base 3.2.4",
    )


def test_what_is_to_do_on_several_good_sites_is_said_once() -> None:
    seen = fleet.fleet([Told(f"s{number}", samples.good()) for number in range(30)])
    (group,) = seen.groups
    assert [(item.about, number) for item, number in group.shared] == [("Consoles that were deployed by MSI", 30)]
    for text in (fleet_html.render(seen), fleet_text.markdown(seen)):
        assert text.count("Deploy the console of 11.1.1") == 1
        assert "(30 sites)" in text
    # What a failed site needs stands in its own row.
    assert fleet.fleet([Told("s", samples.failed()), Told("t", samples.failed())]).groups[0].shared == ()


def test_every_site_has_its_row_with_sign_word_and_link() -> None:
    seen = many(200)
    tree = html.document_fromstring(fleet_html.render(seen))
    names = [words(item) for item in tree.xpath("//table//tbody/tr[not(@class)]/th/p[1]")]
    assert sorted(names) == sorted(row.site for row in seen.rows)
    assert len(tree.xpath("//table//th//a[starts-with(@href, './s')]")) == 200 - seen.counts["not_begun"]
    groups = [words(item) for item in tree.xpath("//tr[@class='group']")]
    assert groups[0] == "✕Failed 29 sites"
    assert len(groups) == len(TOLD)
    assert words(tree.xpath("//ul[@class='totals']/li")[0]) == "✕Failed 29"
    assert tree.findtext("head/title") == "29 of 200 sites failed"


def test_no_value_gets_out_of_its_place() -> None:
    hostile = samples.hostile()
    told = [
        Told(value, hostile, page=f"{value}/report.html", state="failed", this_run=False, because=value)
        for value in samples.HOSTILE
    ]
    told += [Told(value, state="failed", because=value, unreadable=value) for value in samples.HOSTILE]
    harmless = [Told("x", samples.good(), page="p")] * len(told)
    tree = html.document_fromstring(
        fleet_html.render(fleet.fleet(told)).encode(), parser=html.HTMLParser(encoding="utf-8")
    )
    plain = html.document_fromstring(fleet_html.render(fleet.fleet(harmless)))
    kinds = {str(item.tag) for item in tree.iter() if isinstance(item.tag, str)}
    assert kinds <= {str(item.tag) for item in plain.iter()} | {"strong", "span"}
    for item in tree.xpath("//a"):
        assert item.get("href").startswith(("./", "#"))
        assert not {"<", '"', " "} & {*item.get("href")}
    assert "evil.example.com" not in " ".join(str(value) for value in tree.xpath("//@*[name() != 'href']"))


def test_markdown_and_json_say_the_same_of_each_site() -> None:
    seen = many(14)
    told = json.loads(fleet_text.json_view(seen))
    assert [site["site"] for site in told["sites"]] == [row.site for row in seen.rows]
    assert (told["worst"], told["counts"]["failed"], told["finished"]) == ("failed", 2, False)
    text = fleet_text.markdown(seen)
    assert text.startswith("## ❌ 2 of 14 sites failed\n")
    assert [line.split(" | ")[0].strip("| ") for line in text.splitlines() if line.startswith("| support")] == [
        row.site if row.mark.word in ("Failed", *(item[0] for item in fleet.STATES.values())) else f"{row.site} ({row.mark.word})"
        for row in seen.rows
    ]  # fmt: skip


# -- files


def entry(site: str, folder: Path, **more: Any) -> dict[str, Any]:
    return {"site": site, "records": str(folder), "wish": None, "path": None, "state": "not_begun", "because": "", **more}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Records of a site that was upgraded in the run `r`, with its page, and of one whose record cannot be read."""
    for site in ("good.example.com", "broken.example.com"):
        writer = Writer(Run("r", "ada", "c"))
        with Record.take(tmp_path, site, writer, wish=samples.WISH, path="automatic") as record:
            kept = {key: value for key, value in samples.good().items() if key not in ("created", "site", "runs")}
            record.data.update(kept)
            record.snapshot("after", {}, "written")
    report_files.report(str(tmp_path / "good.example.com"), ["html"], None)
    (tmp_path / "broken.example.com/latest/record.json").write_text("{")
    return tmp_path


def test_the_files_lie_beside_the_sites_folders_and_are_written_once(folder: Path) -> None:
    sites = [
        entry(site, folder) for site in ("good.example.com", "broken.example.com", "absent.example.com", "no/name")
    ]
    rehearsed = report_files.fleet_report(sites, report_files.FLEET_FORMATS, str(folder), "r", rehearse=True)
    assert rehearsed["changed"]
    assert not (folder / "fleet.html").exists()
    first = report_files.fleet_report(sites, report_files.FLEET_FORMATS, str(folder), "r")
    assert {name: Path(path).name for name, path in first["paths"].items()} == {
        "html": "fleet.html",
        "json": "fleet.json",
        "junit": "fleet.xml",
        "markdown": "fleet.md",
    }
    assert (first["worst"], first["finished"]) == ("unknown", False)
    assert first["counts"] | {"unknown": 2, "not_begun": 1, "changed": 1} == first["counts"]
    assert [text.split(":")[0] for text in first["to_do"]] == ["broken.example.com", "no/name", "absent.example.com"]
    told = {site["site"]: site for site in json.loads((folder / "fleet.json").read_bytes())["sites"]}
    assert (folder / told["good.example.com"]["page"]).is_file()
    assert "it is no JSON" in told["broken.example.com"]["because"][0]
    again = report_files.fleet_report(sites, report_files.FLEET_FORMATS, str(folder), "r")
    assert (again["changed"], again["diff"]) == (False, [])


def test_a_record_of_another_wish_or_run_does_not_count(folder: Path, tmp_path: Path) -> None:
    def worst(run: str = "r", **more: Any) -> str:
        sites = [entry("good.example.com", folder, **more)]
        return str(report_files.fleet_report(sites, ["json"], str(tmp_path / "out"), run)["worst"])

    assert worst() == worst(wish=samples.WISH, path="automatic") == "changed"
    assert worst(wish={"site": "12"}, path="automatic") == worst(wish=samples.WISH, path="manual") == "not_begun"
    assert worst(wish={"site": "12"}, path="automatic", state="unchanged") == "unchanged"
    assert worst(state="failed") == "changed"
    assert worst("another", state="failed") == "failed"


def test_no_site_is_no_fleet(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no site is given"):
        report_files.fleet_report([], ["json"], str(tmp_path), "r")


# -- what the inventory and the run say of the sites


def test_sites_are_told_by_their_variables() -> None:
    hostvars = {
        "a": {"bomgar_target": "latest", "bomgar_path": "manual", "bomgar_record_dir": "/srv/records"},
        "b": {"bomgar_target": {"site": 11}, "single_upgrade_plan": {"done": True}},
        "c": {"bomgar_record_dir": "", "pair_upgrade_plan": {"finished": True}},
        "d": {"single_upgrade_plan": {"done": False}},
    }
    told = {item["site"]: item for item in fleet_sites(list(hostvars), hostvars, ["a"], "why", True)}
    assert told["a"] == {
        "site": "a",
        "records": "/srv/records",
        "wish": {"site": "latest", "base": "latest"},
        "path": "manual",
        "state": "failed",
    }
    assert told["b"]["wish"] == {"site": "11"}
    assert [told[name]["state"] for name in "bcd"] == ["unchanged", "unchanged", "not_begun"]
    assert told["c"]["records"] == "~/.local/share/bomgar.appliance/records"
    assert told["d"]["because"] == "why"
    assert "wish" not in fleet_sites(["a"], hostvars)[0]
