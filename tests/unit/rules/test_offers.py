# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of installation, from offers and refusals alone."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind, Offer, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.offers import course, fix, waits_for
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish
from hypothesis import given
from hypothesis import strategies as st

NOW = Versions(site="10.5.3", base="3.2.4")


def base(version: str, blocked: str | None = None) -> Offer:
    return Offer(f"Base Software-{version}", Kind.BASE, version, blocked is None, blocked)


def site(version: str, blocked: str | None = None) -> Offer:
    return Offer(f"Bomgar-{version}", Kind.SITE, version, blocked is None, blocked)


def needs(installed: str, version: str) -> str:
    return f"{installed} does not satisfy {version}'s requirements. Please install any other available package"


GUIDE = [site("11.1.1", needs("3.2.4", "11.1.1")), base("3.2.6")]


def names(found: object) -> list[str]:
    return [step.offer.name for step in found.steps]  # type: ignore[attr-defined]


def test_the_guides_page_gives_base_before_site() -> None:
    found = course(Wish(site="11.1.1"), NOW, GUIDE)
    assert names(found) == ["Base Software-3.2.6", "Bomgar-11.1.1"]
    assert [step.certain for step in found.steps] == [True, False]
    assert "does not satisfy" in found.steps[0].because
    assert found.caution


def test_a_blocked_package_waits_for_the_kind_whose_version_its_words_name() -> None:
    assert waits_for(GUIDE[0], NOW) is Kind.BASE
    assert waits_for(site("11.1.1", needs("10.5.3", "11.1.1")), NOW) is Kind.SITE
    assert waits_for(site("11.1.1", "Install another package first"), NOW) is Kind.UNKNOWN


def test_an_installable_wish_is_taken_straight_and_nothing_else_with_it() -> None:
    found = course(Wish(site="11.1.1"), NOW, [base("3.2.6"), site("11.1.1")])
    assert names(found) == ["Bomgar-11.1.1"]


def test_several_site_hops_take_the_highest_that_is_installable() -> None:
    offers = [site("10.6.1"), site("10.6.2"), site("11.1.1", needs("10.5.3", "11.1.1"))]
    assert names(course(Wish(site="11.1.1"), NOW, offers)) == ["Bomgar-10.6.2", "Bomgar-11.1.1"]


def test_a_base_that_is_wished_for_goes_first() -> None:
    found = course(Wish(site="11.1.1", base="3.2.6"), NOW, [base("3.2.6"), site("11.1.1")])
    assert names(found) == ["Base Software-3.2.6", "Bomgar-11.1.1"]


def test_nothing_beyond_the_wish_is_installed() -> None:
    found = course(Wish(site="11.1.1", base="3.2.5"), NOW, GUIDE)
    assert found.steps == ()
    assert "base software 3.2.5 is not among the offers" in str(found.stuck)


def test_what_is_not_offered_at_all_says_what_is() -> None:
    found = course(Wish(site="12.0.0"), NOW, [])
    assert found.stuck is not None
    assert "12.0.0 is not among the offers" in found.stuck
    assert "Offered now: nothing" in found.stuck


def test_a_wish_that_is_not_offered_yet_is_approached_with_a_word_of_caution() -> None:
    found = course(Wish(site="11.1.1"), NOW, [base("3.2.6")])
    assert names(found) == ["Base Software-3.2.6"]
    assert "11.1.1 is not offered now, and may never be" in str(found.caution)


def test_on_the_way_to_what_is_not_offered_every_package_that_would_be_installed_is_told() -> None:
    found = course(Wish(site="12.0"), NOW, [base("3.2.6"), site("11.1.1", needs("3.2.4", "11.1.1"))])
    assert names(found) == ["Base Software-3.2.6", "Bomgar-11.1.1"]
    assert [step.certain for step in found.steps] == [True, False]
    assert "site software 12.0 is not offered now" in str(found.caution)


def test_a_block_that_nothing_offered_lifts_quotes_the_appliance() -> None:
    found = course(Wish(site="11.1.1"), NOW, [GUIDE[0]])
    assert "waits for a newer base software" in str(found.stuck)
    assert "does not satisfy" in str(found.stuck)


def test_words_that_do_not_tell_lead_to_any_other_package() -> None:
    found = course(Wish(site="11.1.1"), NOW, [site("11.1.1", "Bitte zuerst ein anderes Paket"), base("3.2.6")])
    assert names(found) == ["Base Software-3.2.6", "Bomgar-11.1.1"]


def test_unknown_packages_are_never_taken() -> None:
    odd = Offer("Certificate-11.1.1", Kind.UNKNOWN, "11.1.1", True)
    assert course(Wish(site="11.1.1"), NOW, [odd]).stuck


def test_a_newer_installation_is_no_way_back() -> None:
    assert "newer than 10.5.1" in str(course(Wish(site="10.5.1"), NOW, GUIDE).stuck)


@pytest.mark.parametrize("wish", [Wish(site="10.5.3"), Wish(site="10.5.3.0", base="3.2.4"), Wish()])
def test_what_runs_already_is_reached(wish: Wish) -> None:
    found = course(wish, NOW, GUIDE)
    assert found.reached
    assert found.next is None


def test_latest_is_the_newest_offered_and_what_runs_when_nothing_is_newer() -> None:
    assert fix(Wish("latest", "latest"), NOW, GUIDE) == Wish("11.1.1", "3.2.6")
    assert fix(Wish("latest", "latest"), NOW, [site("9.1.1")]) == Wish("10.5.3", "3.2.4")


def key(text: str | None) -> tuple[int, ...]:
    return tuple(map(int, str(text).split(".")))


numbers = st.builds(lambda a, b, c: f"{a}.{b}.{c}", st.integers(1, 4), st.integers(0, 3), st.integers(0, 3))
any_offer = st.one_of(
    st.builds(base, numbers),
    st.builds(site, numbers),
    st.builds(lambda v: base(v, needs("3.2.4", v)), numbers),
    st.builds(lambda v: site(v, needs("2.1.0", v)), numbers),
    st.builds(lambda v: site(v, "no reason given"), numbers),
)


@given(st.lists(any_offer, max_size=8), numbers, st.one_of(st.none(), numbers))
def test_whatever_is_offered_the_next_package_is_installable_newer_and_within_the_wish(
    offers: list[Offer], target: str, base_target: str | None
) -> None:
    now = Versions(site="2.1.0", base="3.2.4")
    wish = Wish(site=target, base=base_target)
    found = course(wish, now, offers)
    assert found.reached or found.stuck or found.next
    if found.next is not None:
        running = now.site if found.next.kind is Kind.SITE else now.base
        assert found.next.installable
        assert key(found.next.version) > key(running)
        limit = wish.of(found.next.kind)
        assert limit is None or key(found.next.version) <= key(limit)
    versions = [step.offer for step in found.steps]
    assert len(set(versions)) == len(versions)


def test_what_the_wish_waits_for_may_wait_for_something_itself() -> None:
    offers = [base("3.2.6"), site("11.1.1", needs("3.2.4", "11.1.1")), site("12.1.1", needs("10.5.3", "12.1.1"))]
    found = course(Wish(site="12.1.1"), NOW, offers)
    assert names(found) == ["Base Software-3.2.6", "Bomgar-11.1.1", "Bomgar-12.1.1"]
    assert [step.certain for step in found.steps] == [True, False, False]


def test_packages_that_wait_for_each_other_end_the_search() -> None:
    offers = [base("3.2.6", needs("10.5.3", "3.2.6")), site("11.1.1", needs("3.2.4", "11.1.1"))]
    assert "waits for a newer base software" in str(course(Wish(site="11.1.1"), NOW, offers).stuck)


def test_a_version_that_is_not_known_is_named_as_what_hinders() -> None:
    found = course(Wish(site="11.1.1"), Versions(site="10.5.3"), GUIDE)
    assert "the installed version of the base software is not known" in str(found.stuck)
