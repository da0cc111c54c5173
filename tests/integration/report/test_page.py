# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages in a real browser: readable, narrow, dark and on paper, silent on the network, deaf to what values say.

Of a site, of a fleet, and of an audit; all three are made of the same parts.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import fleet, fleet_html, report_html
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import page as audit_page
from ansible_collections.bomgar.appliance.tests.unit.record import samples
from ansible_collections.bomgar.appliance.tests.unit.record.test_fleet import many

pytestmark = pytest.mark.browser

KINDS = {
    "good": (samples.good, "Upgraded"),
    "failed": (samples.failed, "Failed"),
    "interrupted": (samples.interrupted, "No end yet"),
    "refused": (samples.refused, "Refused"),
    "nothing to do": (samples.nothing_to_do, "Nothing to do"),
}


def of_pair() -> dict[str, Any]:
    """A record with four columns in its table of versions, and builds that have no place to break."""
    data = samples.good()
    for phase, build in (
        ("before", "77824-6967b084c884f82c5f5fdcf47a1283e51c604663"),
        ("after", "57606-d8554666ab5fbf"),
    ):
        values = data["snapshots"][phase].pop("")
        values["values"]["versions"]["build"] = build
        data["snapshots"][phase] |= {"a": values, "b": values}
    return data


def hostile_fleet() -> str:
    told = [
        fleet.Told(value, samples.hostile(), page=f"{value}/report.html", because=value) for value in samples.HOSTILE
    ]
    told += [fleet.Told(f"support{number}." + "long-name." * 20, samples.good()) for number in range(2)]
    return fleet_html.render(fleet.fleet([*told, *(fleet.Told(value, unreadable=value) for value in samples.HOSTILE)]))


def audit(values: tuple[str, ...] = ("bigint", "SELECT CAST(lsid AS BIGINT) FROM sessions -- " + "x" * 200)) -> str:
    findings = [
        {"kind": kind, "open": silenced is None, "place": f"/srv/{value}", "text": value, "why": value, "mend": value, "silenced": silenced}
        for kind in audit_page.HEADINGS
        for value in values
        for silenced in (None, value)
    ]  # fmt: skip
    skipped = [{"place": value, "why": value} for value in values]
    looked = {"columns": 212, "files": 3}
    return audit_page.render(
        {"site": samples.SITE, "made_at": samples.START, "looked": looked, "findings": findings, "skipped": skipped}
    )


#: Every page that there is, as it is in practice and with the worst that can stand in it.
PAGES: dict[str, Callable[[], str]] = {
    **{kind: lambda make=make: report_html.render(make()) for kind, (make, _word) in KINDS.items()},  # type: ignore[misc]
    "pair": lambda: report_html.render(of_pair()),
    "3 sites": lambda: fleet_html.render(many(3)),
    "40 sites": lambda: fleet_html.render(many(40)),
    "audit": audit,
}
HOSTILE: dict[str, Callable[[], str]] = {
    "site": lambda: report_html.render(samples.hostile()),
    "fleet": hostile_fleet,
    "audit": lambda: audit(samples.HOSTILE),
}
OPEN_ALL = "document.querySelectorAll('details').forEach(item => { item.open = true })"
#: What an A4 page holds between its margins, in CSS pixels: (210 mm - 2 x 10 mm) at 96 to the inch.
A4 = 718
#: Texts whose contrast with what lies behind them is below 4.5 (3 for large ones), by WCAG 2's formula.
TOO_FAINT = """
const rgb = text => text.match(/[0-9.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
const behind = item => { for (; item; item = item.parentElement) {
  const colour = rgb(getComputedStyle(item).backgroundColor); if (colour.length < 4 || colour[3] > 0) return colour; } return [255, 255, 255]; };
return [...document.querySelectorAll('body *')].filter(item => [...item.childNodes].some(n => n.nodeType == 3 && n.data.trim())).map(item => {
  const style = getComputedStyle(item), svg = item instanceof SVGElement;
  const [a, b] = [light(rgb(svg ? style.fill : style.color)), light(behind(item))].sort((x, y) => y - x);
  return [(a + 0.05) / (b + 0.05), parseFloat(style.fontSize) >= 24 ? 3 : 4.5, item.textContent.slice(0, 40)];
}).filter(([ratio, least]) => ratio < least);
"""
#: What leaves the page's width, unless it lies in a box that scrolls by itself.
TOO_WIDE = """
return [...document.querySelectorAll('body *')].filter(item => !item.closest('.scroll') && item.getBoundingClientRect().right > innerWidth + 1)
  .map(item => item.tagName + '.' + item.getAttribute('class'));
"""
#: What leaves its cell, and so stands over the next one; what of our own headings is broken within a word.
OUT_OF_PLACE = """
const rects = range => [...range.getClientRects()].filter(r => r.width > 0);
const found = [...document.querySelectorAll('td, th, dd, dt')].filter(cell => {
  const range = document.createRange(); range.selectNodeContents(cell);
  const edge = cell.getBoundingClientRect().right; return rects(range).some(r => r.right > edge + 1);
}).map(cell => 'leaves its cell: ' + cell.textContent.slice(0, 40));
for (const head of document.querySelectorAll('table.values thead th, table.sites thead th, .label, dt, summary')) {
  const text = head.firstChild; if (!text || text.nodeType != 3) continue;
  for (const word of text.data.matchAll(/\\S+/g)) {
    const range = document.createRange(); range.setStart(text, word.index); range.setEnd(text, word.index + word[0].length);
    if (word[0].length < 14 && new Set(rects(range).map(r => r.top)).size > 1) found.push('broken: ' + word[0]);
  } }
return found;
"""
#: Texts that would be missing on paper: of no size, or in a box that hides what does not fit.
NOT_ON_PAPER = """
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
for (let text; text = walk.nextNode();) {
  if (!text.data.trim() || text.parentElement.closest('.label, style')) continue;
  const range = document.createRange(); range.selectNodeContents(text);
  const own = [...range.getClientRects()].filter(r => r.width > 0 && r.height > 0);
  let seen = text.parentElement.checkVisibility() && own.length > 0 && own.every(r => r.left >= -1 && r.right <= innerWidth + 1);
  for (let box = text.parentElement; seen && box; box = box.parentElement)
    if (getComputedStyle(box).overflowX != 'visible' && box.scrollWidth > box.clientWidth + 1 && !(box instanceof SVGElement)) seen = false;
  if (!seen) found.push(text.data.slice(0, 40));
}
return found;
"""


class Shown:
    """A browser with a page of ours in it."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser = browser
        self.folder = folder

    def page(
        self, source: str, *, width: int = 1280, dark: bool = False, opened: bool = True, paper: bool = False
    ) -> None:
        """Open a page from a file, as a person does; `paper` lays it out as it is printed."""
        file = self.folder / "report.html"
        file.write_text(source, encoding="utf-8")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"media": "print" if paper else "", "features": [scheme]}
        )
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.browser.get(file.as_uri())
        if opened:
            self.browser.execute_script(OPEN_ALL)

    def says(self, script: str) -> Any:
        return self.browser.execute_script(script)


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Shown]:
    yield Shown(browser, tmp_path)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_outcome_is_seen_first_and_nothing_is_complained_of(shown: Shown, kind: str, width: int) -> None:
    make, word = KINDS[kind]
    shown.page(report_html.render(make()), width=width, opened=False)
    outcome = shown.browser.find_element("css selector", "#outcome .word")
    assert word in outcome.text
    assert outcome.is_displayed()
    assert outcome.rect["y"] + outcome.rect["height"] < 200
    assert shown.browser.get_log("browser") == []
    assert shown.says("return document.documentElement.scrollWidth") <= width
    assert (
        shown.says("return getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )  # the style counts


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
@pytest.mark.parametrize("kind", PAGES)
def test_nothing_is_wider_than_its_place(shown: Shown, kind: str, width: int) -> None:
    shown.page(PAGES[kind](), width=width)
    assert shown.says(TOO_WIDE) == []
    assert shown.says("return document.documentElement.scrollWidth") <= width
    assert shown.says(OUT_OF_PLACE) == []


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_value_makes_a_page_wider(shown: Shown, kind: str, width: int) -> None:
    shown.page(HOSTILE[kind](), width=width)
    assert shown.says(TOO_WIDE) == []
    assert shown.says("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", PAGES)
def test_every_text_stands_out_from_its_ground(shown: Shown, kind: str, dark: bool) -> None:
    shown.page(PAGES[kind](), dark=dark)
    assert shown.says(TOO_FAINT) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", PAGES)
def test_paper_holds_everything_and_is_white(shown: Shown, kind: str, dark: bool) -> None:
    """Also what is folded away on the screen, and where the screen is dark."""
    shown.page(PAGES[kind](), width=A4, dark=dark, opened=False, paper=True)
    assert shown.says("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert shown.says(NOT_ON_PAPER) == []
    assert shown.says(TOO_WIDE) == []
    assert shown.says(OUT_OF_PLACE) == []
    assert shown.says(TOO_FAINT) == []


@pytest.mark.parametrize("kind", PAGES)
def test_every_sign_has_its_word(shown: Shown, kind: str) -> None:
    """Nothing is told by colour or sign alone."""
    shown.page(PAGES[kind]())
    silent = "return [...document.querySelectorAll('.chip, .word')].filter(e => !/[a-z]/i.test(e.textContent)).length"
    assert shown.says(silent) == 0
    assert shown.says("return document.querySelector('#outcome .word span').textContent") in "✓–!✕?"


@pytest.mark.parametrize("kind", ["failed", "40 sites", "audit"])
def test_the_keyboards_place_is_seen(shown: Shown, kind: str) -> None:
    shown.page(PAGES[kind](), opened=False)
    for _press in range(2):
        shown.browser.switch_to.active_element.send_keys("\ue004")  # the tabulator
        at = shown.says(
            "const s = getComputedStyle(document.activeElement); return [document.activeElement.tagName, s.outlineStyle, parseFloat(s.outlineWidth)]"
        )
        assert at[0] in ("A", "SUMMARY", "DIV")
        assert at[1] == "solid"
        assert at[2] >= 2


def test_the_head_of_a_long_table_stays_in_sight(shown: Shown) -> None:
    shown.page(PAGES["40 sites"]())
    shown.says("document.querySelector('table.sites tbody:last-child tr:last-child').scrollIntoView()")
    top = shown.says("return document.querySelector('table.sites thead th').getBoundingClientRect().top")
    assert -1 <= top < 40


def test_a_site_leads_to_its_own_report(shown: Shown) -> None:
    shown.page(PAGES["3 sites"]())
    for number in range(3):
        (shown.folder / f"s{number}").mkdir()
        (shown.folder / f"s{number}/report.html").write_text("<title>its own</title>")
    shown.browser.find_element("css selector", "table.sites th a").click()
    assert shown.browser.title == "its own"


def test_the_page_follows_the_systems_colours(shown: Shown) -> None:
    grounds = []
    for dark in (False, True):
        shown.page(report_html.render(samples.good()), dark=dark)
        grounds.append(shown.says("return getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1]


@pytest.mark.parametrize("kind", ["failed", "40 sites", "audit"])
def test_a_reader_of_structure_finds_it(shown: Shown, kind: str) -> None:
    shown.page(PAGES[kind]())
    assert shown.says("return document.documentElement.lang") == "en"
    levels = [
        int(item) for item in shown.says("return [...document.querySelectorAll('h1,h2,h3,h4')].map(h => h.tagName[1])")
    ]
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert shown.says(
        "return ['header', 'main', 'footer'].every(name => document.querySelectorAll('body > ' + name).length == 1)"
    )
    assert shown.says(
        "return [...document.querySelectorAll('table')].every(t => t.caption && t.querySelector('th[scope]'))"
    )
    assert shown.says(
        "return [...document.querySelectorAll('[aria-labelledby]')].every(e => document.getElementById(e.getAttribute('aria-labelledby')))"
    )
    assert shown.says(
        "const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.length == new Set(ids).size"
    )
    assert shown.says(
        "return [...document.querySelectorAll('a[href^=\"#\"]')].every(a => document.querySelector(a.getAttribute('href')))"
    )


def test_the_outage_is_a_band_over_the_step_that_made_it(shown: Shown) -> None:
    shown.page(report_html.render(samples.good()))
    places = shown.says(
        "const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.right] };"
        "const row = [...document.querySelectorAll('.timeline li')].find(r => r.textContent.includes('Base Software'));"
        "return [box(row.querySelector('.bar-good')), box(row.querySelector('.band')), box(document.querySelector('.bar-outage'))]"
    )
    (step_left, step_right), band, outage = places
    assert band == pytest.approx(outage, abs=1)
    assert step_left < band[0] < band[1] < step_right
    assert (band[1] - band[0]) / (step_right - step_left) == pytest.approx(130 / 345, abs=0.02)


@pytest.mark.parametrize("kind", HOSTILE)
def test_values_of_an_appliance_run_nothing_and_fetch_nothing(shown: Shown, kind: str) -> None:
    # Every address that is asked for is logged, also where the policy would have stopped it later.
    shown.browser.execute_cdp_cmd("Network.enable", {})
    shown.page(HOSTILE[kind]())
    shown.says(
        "document.querySelectorAll('body *').forEach(e => ['mouseover', 'focus', 'click'].forEach(n => e.dispatchEvent(new Event(n))))"
    )
    assert shown.says("return window.injected") is None
    assert shown.says("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert (
        shown.says(
            "return document.querySelectorAll('script, img, link, iframe, object, form, base, [onload], [onerror]').length"
        )
        == 0
    )
    assert shown.says("return document.styleSheets.length") == 1
    assert shown.browser.current_url.endswith("report.html")
    assert shown.browser.get_log("browser") == []


def test_the_policy_holds_where_escaping_would_not(shown: Shown) -> None:
    shown.page(report_html.render(samples.good()))
    file = shown.folder / "report.html"
    broken = "<script>window.injected=1</script><img src=x onerror='window.injected=1'><p style='color:red'>"
    file.write_text(file.read_text(encoding="utf-8").replace("<main>", f"<main>{broken}", 1), encoding="utf-8")
    shown.browser.get(file.as_uri())
    assert shown.says("return document.querySelectorAll('main > script').length") == 1
    assert shown.says("return window.injected") is None
    complaints = json.dumps(shown.browser.get_log("browser"))
    assert "Content Security Policy" in complaints
    assert "script-src" in complaints
