# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing versions, and what is wished for."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import (
    LATEST,
    Wish,
    beyond,
    installed,
    key,
    missing,
    newer,
    numbers_in,
    same,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = Versions(site="10.5.3", base="3.2.4")
version_numbers = st.lists(st.integers(0, 200), min_size=2, max_size=4)


def dotted(numbers: list[int]) -> str:
    return ".".join(map(str, numbers))


@pytest.mark.parametrize(
    ("late", "early"), [("10.10", "10.6"), ("11.1.1", "11.1"), ("24.1.1", "9.9.9"), ("3.2.10", "3.2.9")]
)
def test_versions_are_compared_by_number(late: str, early: str) -> None:
    assert newer(late, early)
    assert not newer(early, late)
    assert not same(late, early)


@pytest.mark.parametrize(("one", "other"), [("11.1", "11.1.0"), (" 11.1.1 ", "11.1.1"), ("3.02.6", "3.2.6")])
def test_the_same_version_may_be_written_in_several_ways(one: str, other: str) -> None:
    assert same(one, other)
    assert not newer(one, other)


def test_what_is_not_known_is_the_same_as_nothing() -> None:
    assert not same(None, None)
    assert not same("1.0", None)


@pytest.mark.parametrize("text", ["", "eleven", "11..1", "latest", "11.1.1 (build)", "-", "1" * 5 + "x.y"])
def test_what_is_no_version_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match=r"11\.1\.1"):
        key(text)


@given(version_numbers, version_numbers)
def test_the_order_is_that_of_the_numbers(one: list[int], other: list[int]) -> None:
    padded = [numbers + [0] * (4 - len(numbers)) for numbers in (one, other)]
    assert newer(dotted(one), dotted(other)) == (padded[0] > padded[1])
    assert same(dotted(one), dotted(other)) == (padded[0] == padded[1])


def test_the_numbers_in_a_sentence() -> None:
    assert numbers_in("3.2.4 does not satisfy 11.1.1's requirements.") == ("3.2.4", "11.1.1")
    assert numbers_in("no version, only 7") == ()


class TestWish:
    """The option `target`."""

    def test_either_may_be_left_out(self) -> None:
        assert Wish.from_options({}) == Wish()
        assert Wish.from_options({"site": " 11.1.1 ", "base": None}) == Wish("11.1.1")
        assert Wish.from_options({"site": LATEST, "base": "3.2.6"}) == Wish(LATEST, "3.2.6")
        assert Wish.from_options({"site": ""}).empty

    @pytest.mark.parametrize(
        ("target", "words"), [({"sites": "1.1"}, "sites"), ({"site": "newest"}, "newest"), ({"base": 3}, None)]
    )
    def test_wrong_keys_and_versions(self, target: dict[str, object], words: str | None) -> None:
        if words is None:
            assert Wish.from_options(target).base == "3"
            return
        with pytest.raises(BadInput, match=words):
            Wish.from_options(target)

    def test_by_kind_and_as_it_was_written(self) -> None:
        wish = Wish("11.1.1", "3.2.6")
        assert (wish.of(Kind.SITE), wish.of(Kind.BASE), wish.of(Kind.UNKNOWN)) == ("11.1.1", "3.2.6", None)
        assert wish.with_version(Kind.SITE, "12.1").plain() == {"site": "12.1", "base": "3.2.6"}
        assert Wish().plain() == {}


@pytest.mark.parametrize(
    ("wish", "lacking", "too_new"),
    [
        (Wish(), (), ()),
        (Wish("10.5.3", "3.2.4"), (), ()),
        (Wish("10.5.3.0"), (), ()),
        (Wish("11.1.1"), (Kind.SITE,), ()),
        (Wish("11.1.1", "3.2.6"), (Kind.BASE, Kind.SITE), ()),
        (Wish("10.5.1"), (Kind.SITE,), (Kind.SITE,)),
        (Wish(LATEST, LATEST), (), ()),
    ],
)
def test_what_is_missing_and_what_has_gone_too_far(
    wish: Wish, lacking: tuple[Kind, ...], too_new: tuple[Kind, ...]
) -> None:
    assert missing(wish, NOW) == lacking
    assert beyond(wish, NOW) == too_new


def test_an_unknown_version_is_missing_but_never_too_new() -> None:
    assert missing(Wish("11.1.1"), Versions()) == (Kind.SITE,)
    assert beyond(Wish("11.1.1"), Versions()) == ()
    assert installed(NOW, Kind.UNKNOWN) is None
