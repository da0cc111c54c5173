# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package files: found, whole, the right ones, and what they bring."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Kind, Versions
from ansible_collections.bomgar.appliance.plugins.module_utils.package_files import (
    PackageFile,
    brings,
    examine,
    hashes_installed,
    is_in,
    left,
)
from ansible_collections.bomgar.appliance.plugins.module_utils.versions import Wish
from hypothesis import given
from hypothesis import strategies as st

WISH = Wish("11.1.1", "3.2.6")
NOW = Versions(site="10.5.3", base="3.2.4")
CONTENT = b"a package\x00"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def file(folder: Path, name: str = "Bomgar-11.1.1.pkg", content: bytes = CONTENT) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def package(name: str, kind: Kind, version: str | None, sha256: str = "0" * 64) -> PackageFile:
    return PackageFile(Path(name), 1, sha256, kind, version)


class TestExamine:
    """Before anything is sent."""

    @pytest.mark.parametrize("sha256", [None, "", SHA256, SHA256.upper(), f" {SHA256}\n", f"sha256:{SHA256}"])
    def test_a_good_one_with_its_hash(self, tmp_path: Path, sha256: str | None) -> None:
        said: list[str] = []
        [found] = examine([{"path": str(file(tmp_path)), "sha256": sha256}], WISH, said.append)
        assert (found.size, found.sha256, found.kind, found.version) == (len(CONTENT), SHA256, Kind.SITE, "11.1.1")
        assert said == ["hashing Bomgar-11.1.1.pkg"]

    @pytest.mark.parametrize("sha256", ["0" * 64, "0" * 63, "0" * 65, "z" * 64, "md5:1"])
    def test_another_hash(self, tmp_path: Path, sha256: str) -> None:
        with pytest.raises(BadInput, match=r"(?i)sha-?256"):
            examine([{"path": str(file(tmp_path)), "sha256": sha256}], WISH)

    def test_what_is_no_file(self, tmp_path: Path) -> None:
        for path, words in (
            (tmp_path / "nothing", "no such file"),
            (tmp_path, "a folder"),
            (Path("/dev/null"), "no such file"),
            (Path(), "a folder"),
        ):
            with pytest.raises(BadInput, match=f"{words}.*bomgar_packages"):
                examine([{"path": str(path)}], WISH)

    def test_an_empty_one(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="empty"):
            examine([{"path": str(file(tmp_path, content=b""))}], WISH)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"<!DOCTYPE html><title>Sign in</title>" + b"x" * 200_000, "a page or XML"),
            (b"\xef\xbb\xbf\n<html><body>502 Bad Gateway</body></html>", "a page or XML"),
            (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>\x00", "a page or XML"),
            ("\ufeff<html>".encode("utf-16"), "a page or XML"),
            (b'{"error": "expired"}', "plain text"),
            (b"404 page not found\n", "plain text"),
        ],
    )
    def test_what_a_failed_download_leaves(self, tmp_path: Path, content: bytes, words: str) -> None:
        with pytest.raises(BadInput, match=f"it is no package: the file is {words}"):
            examine([{"path": str(file(tmp_path, content=content))}], WISH)

    @pytest.mark.parametrize(
        "content", [b"#!/bin/sh\n" + b"# text\n" * 20_000, b"\x00<html>", b"PK\x03\x04", b"\x00" * 9]
    )
    def test_what_may_be_one(self, tmp_path: Path, content: bytes) -> None:
        assert examine([{"path": str(file(tmp_path, content=content))}], WISH)[0].size == len(content)

    def test_one_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = file(tmp_path)

        def refuse(*_arguments: object, **_keywords: object) -> None:
            raise PermissionError(13, os.strerror(13))

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(BadInput, match="cannot be read"):
            examine([{"path": str(path)}], WISH)

    def test_a_link_counts_as_its_file(self, tmp_path: Path) -> None:
        link = tmp_path / "site-11.1.1.pkg"
        link.symlink_to(file(tmp_path))
        assert examine([{"path": str(link)}], WISH)[0].sha256 == SHA256

    def test_the_first_wrong_one_of_several_is_named(self, tmp_path: Path) -> None:
        good, wrong = file(tmp_path), tmp_path / "missing.pkg"
        with pytest.raises(BadInput, match=r"missing\.pkg"):
            examine([{"path": str(good)}, {"path": str(wrong)}], WISH)

    def test_a_name_without_extension(self, tmp_path: Path) -> None:
        """As the appliance itself shows it (seed)."""
        packages = [{"path": str(file(tmp_path, name))} for name in ("Base Software-3.2.6", "Bomgar-11.1.1")]
        found = examine(packages, Wish("11.1.1"))
        assert [(item.kind, item.version) for item in found] == [(Kind.BASE, "3.2.6"), (Kind.SITE, "11.1.1")]


class TestBrings:
    """By what is said, else by a name."""

    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("Base Software-3.2.6", (Kind.BASE, "3.2.6")),
            ("base_3.2.6", (Kind.BASE, "3.2.6")),
            ("BASE-9.9.9", (Kind.BASE, "9.9.9")),
            ("Bomgar-11.1.1", (Kind.SITE, "11.1.1")),
            ("support.example.com-11.1.1-r2", (Kind.SITE, "11.1.1")),
            ("Bomgar-11.2.2", (Kind.UNKNOWN, None)),
            ("site-3.2.6", (Kind.UNKNOWN, None)),
            ("database-11.1.1", (Kind.SITE, "11.1.1")),
            ("download", (Kind.UNKNOWN, None)),
            ("", (Kind.UNKNOWN, None)),
        ],
    )
    def test_a_name(self, name: str, found: tuple[Kind, str | None]) -> None:
        assert brings(name, {}, WISH, only=False) == found

    def test_the_only_package_of_a_wish_for_one(self) -> None:
        assert brings("download", {}, Wish("11.1.1"), only=True) == (Kind.SITE, "11.1.1")
        assert brings("download", {}, WISH, only=True) == (Kind.UNKNOWN, None)
        assert brings("something-9.9.9", {}, Wish("11.1.1"), only=True) == (Kind.UNKNOWN, None)
        assert brings("download", {}, Wish("latest"), only=True) == (Kind.UNKNOWN, None)

    def test_what_is_said_goes_before_the_name(self) -> None:
        assert brings("Bomgar-11.1.1", {"base": "3.2.6", "site": None}, WISH, only=False) == (Kind.BASE, "3.2.6")

    @pytest.mark.parametrize("provides", [{"base": "3.2.6", "site": "11.1.1"}, {"base": "three"}])
    def test_what_cannot_be(self, provides: dict[str, str]) -> None:
        with pytest.raises(BadInput):
            brings("x", provides, WISH, only=False)

    @given(st.text(max_size=60), st.booleans())
    def test_any_name_is_taken_without_a_crash_and_never_for_another_site_version(self, name: str, only: bool) -> None:
        kind, version = brings(name, {}, WISH, only)
        if kind is Kind.SITE:
            assert version == "11.1.1"
        if kind is Kind.UNKNOWN:
            assert version is None


class TestLeft:
    """What is still to be installed."""

    BASE = package("base.pkg", Kind.BASE, "3.2.6", "1" * 64)
    SITE = package("site.pkg", Kind.SITE, "11.1.1", "2" * 64)
    ODD = package("odd.pkg", Kind.UNKNOWN, None, "3" * 64)

    @pytest.mark.parametrize(
        ("versions", "names"),
        [
            (NOW, ["base.pkg", "site.pkg"]),
            (Versions(site="10.5.3", base="3.2.6"), ["site.pkg"]),
            (Versions(site="10.5.3", base="3.3.0"), ["site.pkg"]),
            (Versions(site="11.1.1", base="3.2.4"), ["base.pkg"]),
            (Versions(site="11.1.1", base="3.2.6"), []),
        ],
    )
    def test_what_is_in_is_passed_over_and_the_order_kept(self, versions: Versions, names: list[str]) -> None:
        assert [item.name for item in left([self.BASE, self.SITE], WISH, versions, ())] == names

    def test_a_wish_that_is_reached_needs_no_package(self) -> None:
        assert left([self.ODD], Wish("10.5.3"), NOW, ()) == ()

    def test_one_that_does_not_tell_is_known_by_its_hash(self) -> None:
        assert left([self.ODD], WISH, NOW, ()) == (self.ODD,)
        assert left([self.ODD], WISH, NOW, ["3" * 64]) == ()

    def test_a_record_does_not_outweigh_what_is_seen(self) -> None:
        """The record says that it was installed, the appliance runs the old version: it was put back."""
        assert left([self.BASE], WISH, NOW, ["1" * 64]) == (self.BASE,)

    def test_without_a_wish_every_package_must_tell(self) -> None:
        assert left([self.BASE], Wish(), NOW, ()) == (self.BASE,)
        assert left([self.ODD], Wish(), NOW, ["3" * 64]) == ()
        with pytest.raises(BadInput, match="bomgar_target"):
            left([self.ODD], Wish(), NOW, ())

    @pytest.mark.parametrize(
        ("version", "running", "known"),
        [("3.2.6", "3.2.4", False), ("3.2.6", "3.2.6.0", True), ("3.2.6", "4.0.0", True), (None, "1.0", None)],
    )
    def test_whether_it_is_in(self, version: str | None, running: str, known: bool | None) -> None:
        assert is_in(package("x", Kind.BASE, version), Versions(base=running)) is known
        assert is_in(package("x", Kind.BASE, version), Versions()) is None


def test_the_hashes_of_a_record() -> None:
    def step(name: str, sha256: str | None, outcome: str) -> dict[str, Any]:
        return {"id": name, "appliance": "a", "outcome": outcome, "facts": {"sha256": sha256} if sha256 else {}}

    record = {
        "steps": [
            step("one", "1" * 64, "changed"),
            step("two", "2" * 64, "failed"),
            step("three", "3" * 64, "failed"),
            step("three", "3" * 64, "changed"),
            step("four", None, "changed"),
        ]
    }
    assert hashes_installed(record, "a") == ("1" * 64, "3" * 64)
    assert hashes_installed(record, "b") == ()  # the other one of a pair has its own
    assert hashes_installed({"steps": []}, "a") == ()
