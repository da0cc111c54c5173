# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report page in a real browser: readable, narrow and dark, silent on the network, deaf to what values say."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils import report_html
from ansible_collections.bomgar.appliance.tests.unit.record import samples

pytestmark = pytest.mark.browser

KINDS = {
    "good": (samples.good, "Upgraded"),
    "failed": (samples.failed, "Failed"),
    "interrupted": (samples.interrupted, "No end yet"),
    "refused": (samples.refused, "Refused"),
    "nothing to do": (samples.nothing_to_do, "Nothing to do"),
}
OPEN_ALL = "document.querySelectorAll('details').forEach(item => { item.open = true })"
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


class Shown:
    """A browser with a page of ours in it."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self.browser = browser
        self.folder = folder

    def page(self, data: dict[str, Any], *, width: int = 1280, dark: bool = False, opened: bool = True) -> None:
        """Open the page of a record from a file, as a person does."""
        file = self.folder / "report.html"
        file.write_text(report_html.render(data), encoding="utf-8")
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.get("about:blank")
        self.browser.get_log("browser")
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
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
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("width", [360, 1280])
def test_the_outcome_is_seen_first_and_nothing_is_complained_of(shown: Shown, kind: str, width: int) -> None:
    make, word = KINDS[kind]
    shown.page(make(), width=width, opened=False)
    outcome = shown.browser.find_element("css selector", "#outcome .word")
    assert word in outcome.text
    assert outcome.is_displayed()
    assert outcome.rect["y"] + outcome.rect["height"] < 200
    assert shown.browser.get_log("browser") == []
    assert shown.says("return document.documentElement.scrollWidth") <= width
    assert (
        shown.says("return getComputedStyle(document.body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )  # the style counts


@pytest.mark.parametrize("width", [320, 360, 800, 1280])
def test_nothing_is_wider_than_the_page(shown: Shown, width: int) -> None:
    for make in (samples.good, samples.failed, samples.hostile):
        shown.page(make(), width=width)
        assert shown.says(TOO_WIDE) == []
        assert shown.says("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_text_stands_out_from_its_ground(shown: Shown, kind: str, dark: bool) -> None:
    shown.page(KINDS[kind][0](), dark=dark)
    assert shown.says(TOO_FAINT) == []


def test_the_page_follows_the_systems_colours(shown: Shown) -> None:
    grounds = []
    for dark in (False, True):
        shown.page(samples.good(), dark=dark)
        grounds.append(shown.says("return getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1]


def test_a_reader_of_structure_finds_it(shown: Shown) -> None:
    shown.page(samples.failed())
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
        "return [...document.querySelectorAll('a')].every(a => document.querySelector(a.getAttribute('href')))"
    )


def test_the_outage_is_a_band_over_the_step_that_made_it(shown: Shown) -> None:
    shown.page(samples.good())
    places = shown.says(
        "const box = e => { const b = e.getBoundingClientRect(); return [b.left, b.right] };"
        "const row = [...document.querySelectorAll('.timeline li')].find(r => r.textContent.includes('Base Software'));"
        "return [box(row.querySelector('.bar-good')), box(row.querySelector('.band')), box(document.querySelector('.bar-outage'))]"
    )
    (step_left, step_right), band, outage = places
    assert band == pytest.approx(outage, abs=1)
    assert step_left < band[0] < band[1] < step_right
    assert (band[1] - band[0]) / (step_right - step_left) == pytest.approx(130 / 345, abs=0.02)


def test_values_of_an_appliance_run_nothing_and_fetch_nothing(shown: Shown) -> None:
    # Every address that is asked for is logged, also where the policy would have stopped it later.
    shown.browser.execute_cdp_cmd("Network.enable", {})
    shown.page(samples.hostile())
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
    shown.page(samples.good())
    file = shown.folder / "report.html"
    broken = "<script>window.injected=1</script><img src=x onerror='window.injected=1'><p style='color:red'>"
    file.write_text(file.read_text(encoding="utf-8").replace("<main>", f"<main>{broken}", 1), encoding="utf-8")
    shown.browser.get(file.as_uri())
    assert shown.says("return document.querySelectorAll('main > script').length") == 1
    assert shown.says("return window.injected") is None
    complaints = json.dumps(shown.browser.get_log("browser"))
    assert "Content Security Policy" in complaints
    assert "script-src" in complaints


def test_print_shows_the_evidence(shown: Shown) -> None:
    shown.page(samples.good(), opened=False)
    before = shown.browser.execute_cdp_cmd("Page.printToPDF", {})["data"]
    shown.says(OPEN_ALL)
    after = shown.browser.execute_cdp_cmd("Page.printToPDF", {})["data"]
    assert len(before) > 0.9 * len(after)
