# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all tests share: `--no-skips`, figures that are printed at the end, and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips", action="store_true", help="a skipped test or file fails, with the reason of the skip"
    )


def _skip_fails(report: Any, config: pytest.Config) -> None:
    if config.getoption("--no-skips") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"--no-skips: {reason}"


#: What of tests/integration depends on the release of Ansible: whatever is run by it. Where several releases are tested, once is
#: enough for the rest (`-m "not once"`), and for what is marked so in these: it shows what others here show, too.
_BY_ANSIBLE = (
    "test_by_ansible.py",
    "test_direct.py",
    "test_paths.py",
    "test_report_module.py",
    "test_upgrade.py",
)


#: Those with the longest tests, which begin first: at the end one worker would wait for them.
_LONG = ("test_planted_later.py", "test_giving_up.py", "test_planted.py", "test_campaign.py", "test_direct.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in _LONG)
    for item in items:
        if item.path.parent.parent.name == "integration" and item.path.name not in _BY_ANSIBLE:
            item.add_marker(pytest.mark.once)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _skip_fails(report, item.config)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _skip_fails(report, collector.config)
    return report


#: What a test measured and wants to be read: `record_property(FIGURE, "...")`. Printed at the end, also where workers ran the tests.
FIGURE = "figure"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    figures = [
        text
        for report in terminalreporter.getreports("passed")
        for name, text in getattr(report, "user_properties", ())
        if name == FIGURE
    ]
    if figures:
        terminalreporter.section("figures")
        for text in figures:
            terminalreporter.line(str(text))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium, as a selenium WebDriver."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("needs a browser: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"):
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium refuses to sandbox as root
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()
