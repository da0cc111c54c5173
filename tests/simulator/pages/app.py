# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The web application behind `/appliance` and `/login`: accounts, sessions, form tokens, pages, actions. No markup.

A form is taken only with the newest page's token, with all its hidden fields unchanged, and acts by the first button that
was sent. What is documented is which pages and controls there are (seed, D-PT32); how they react is assumed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..appliance import RUNNING, Appliance, UserAccount
from ..package import PackageRefusedError, read_package
from ..truth import CommandSeen, RequestSeen, UploadSeen
from ..vendor import Package
from ..wire import Call, Reply
from .model import (
    Action,
    Block,
    Control,
    Entry,
    Facts,
    Failover,
    Form,
    Issued,
    Item,
    OfferRow,
    Offers,
    Page,
    Progress,
    Text,
)

if TYPE_CHECKING:
    from .dialect import Dialect

# Actions that change the appliance, with the name they have in the ground truth.
COMMANDS = {
    "install": "install", "accept": "accept_licence", "confirm": "confirm", "upload": "upload", "restart": "restart",
    "shut_down": "shut_down", "reset": "reset", "remove": "remove", "change_password": "change_password",
    "restore": "restore", "sync": "sync", "break": "break", "establish": "establish",
    "become_primary": "become_primary", "become_backup": "become_backup", "shared_ips": "shared_ips", "set_key": "set_key",
    "sure": "confirm", "save_failover": "save_failover", "reset_failover": "reset_failover",
}  # fmt: skip


#: What the Failover and Security pages of `/login` do; of some a person is asked first, where the dialect asks.
FAILOVER = ("sync", "break", "establish", "become_primary", "become_backup", "shared_ips", "set_key")
ASKED_FIRST = ("break", "establish", "become_primary", "become_backup")


@dataclass
class WebSession:
    """A browser's session: who logged in (None: nobody yet), and the newest page's forms and links."""

    id: str
    boots: int
    last_seen: float
    account: str | None = None
    token: str = ""
    forms: dict[str, Issued] = field(default_factory=dict)
    links: dict[str, Action] = field(default_factory=dict)
    flash: list[Text] = field(default_factory=list)
    pending: str = ""
    staged: Package | None = None
    asked: Resolved | None = None


@dataclass
class Resolved:
    """What a request asks for, found out without acting. `problem`: csrf, incomplete, expired, unknown."""

    session: WebSession | None
    action: Action | None = None
    page: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    #: Fields of the form that were changed although the pressed button does not concern them.
    changed: tuple[str, ...] = ()


class WebApp:
    """One interface (`appliance` or `login`) of one box."""

    def __init__(self, box: Appliance, interface: str, dialect: Dialect) -> None:
        self.box, self.interface, self.dialect = box, interface, dialect
        self.words = dialect.words
        self.sessions: dict[str, WebSession] = {}
        self.account: UserAccount = box.accounts.appliance if interface == "appliance" else box.accounts.login
        self.home = "basics" if interface == "appliance" else "welcome"
        self.start = "frames" if dialect.framed else self.home

    # Finding out what is asked

    def recognise(self, call: Call) -> Resolved:
        """What this request asks for; reads nothing but the session's books."""
        session = self._session(call)
        page = self.dialect.page_of(self.interface, call.path, call.query)
        if call.method == "POST":
            return self._posted(call, session)
        token = next((value for key, value in call.query if key == self.dialect.link_field), None)
        if token is not None:
            if session is None:
                return Resolved(None, page=page, problem="expired")
            action = session.links.get(token)
            return Resolved(session, action, page, problem="" if action else "csrf")
        return Resolved(session, page=page, problem="" if page else "unknown")

    def _session(self, call: Call) -> WebSession | None:
        session = self.sessions.get(call.cookies.get(self.dialect.cookie(self.interface), ""))
        if session is None:
            return None
        reboots = self.box.boots if self.interface == "appliance" else self.box.boots + self.box.site_starts
        # Sessions do not outlive a restart, nor long idleness (both assumed).
        if session.boots != reboots or self.box.now - session.last_seen > self.box.web_session_seconds:
            del self.sessions[session.id]
            return None
        session.last_seen = self.box.now
        return session

    def _posted(self, call: Call, session: WebSession | None) -> Resolved:
        pairs = call.form if call.form is not None else self.dialect.form_pairs(call.body)
        if session is None:
            return Resolved(None, problem="expired")
        names = dict(reversed(pairs))
        for issued in session.forms.values():
            if all(names.get(key) == value for key, value in issued.hidden) and issued.url == call.path + (
                f"?{call.raw_query}" if call.raw_query else ""
            ):
                values = {entry: names[wire] for entry, wire in issued.names.items() if wire in names}
                for name, _value, control in issued.buttons:
                    pressed = not name or name in names or f"{name}.x" in names
                    if pressed and not control.disabled:
                        return Resolved(session, control.action, None, values, changed=_changed(issued, values))
                return Resolved(session, None, None, values, "incomplete")
        return Resolved(session, None, None, {}, "csrf")

    def role(self, call: Call, resolved: Resolved) -> str:
        """The role of the request for faults and ground truth."""
        if resolved.action is not None:
            return f"{self.interface}:{resolved.action.name}"
        if call.multipart:
            return f"{self.interface}:upload"
        if call.method == "POST":
            return f"{self.interface}:form"
        return f"{self.interface}:{resolved.page or 'unknown'}"

    def expire(self) -> None:
        """All sessions of this interface end."""
        self.sessions.clear()

    # Answering

    def answer(self, call: Call, resolved: Resolved, seen: RequestSeen) -> Reply:
        """Act and answer with the next page."""
        session = resolved.session
        if (resolved.action is not None and resolved.action.name in COMMANDS) or call.multipart:
            seen.command = True
        if session is not None:
            seen.account = session.account
        if resolved.problem == "unknown" and session is not None and session.account:
            return Reply(404, self.dialect.encode("<html><body>Not Found</body></html>"), charset=self.dialect.encoding)
        if session is None or (session.account is None and resolved.page != "sign_in" and not _is_login(resolved)):
            self._note_upload(call, False, "not logged in")
            return self._to_login(session)
        if resolved.problem in ("csrf", "incomplete"):
            self.box.truth.csrf_refused += 1
            self._note_upload(call, False, resolved.problem)
            session.flash = [Text(self.words["csrf"], "error")]
            page = "sign_in" if session.account is None else self.home
            return self._show(session, self._build(page, session), self.dialect.csrf_status)
        if resolved.action is None:
            key = resolved.page or self.home
            if key == "root":
                return self._redirect(session, self.start if session.account else "sign_in")
            if key in ("frames", "menu"):
                bare = Page(key, self.words["brand"], self.interface, self.box.host, self._menu("basics"))
                return Reply(
                    200,
                    self.dialect.encode(self.dialect.render(bare, Issuer(self, session))),
                    "text/html",
                    self.dialect.header_charset,
                )
            return self._show(session, self._build(key, session))
        return self._act(call, session, resolved, seen)

    def _act(self, call: Call, session: WebSession, resolved: Resolved, seen: RequestSeen) -> Reply:
        action = resolved.action
        assert action is not None
        name, argument = action.name, action.argument
        command = None
        if name in COMMANDS:
            detail = {"package": argument} if argument else {}
            command = CommandSeen(COMMANDS[name], self.box.now, seen.number, session.account, True, detail)
            self.box.truth.commands.append(command)
        if name == "sign_in":
            return self._sign_in(session, resolved.values)
        if name == "log_out":
            del self.sessions[session.id]
            return self._to_login(None)
        if name == "check":
            if self.box.installation is None:
                self.box.check_for_updates()
            else:
                session.flash = [Text(self.words["refused"].format(text=RUNNING), "error")]
            return self._after(session, "updates")
        if name == "install" and self.dialect.asks_first:
            if self.box.installation is not None:
                self.box.truth.installs_refused.append(argument)
                return self._refused(session, command, RUNNING)
            session.pending, session.staged = argument, None
            return self._show(session, self._build("licence", session))
        if name == "accept":
            if resolved.values.get("accepted") is None:
                if command:
                    command.accepted = False
                session.flash = [Text(self.words["licence_missing"], "error")]
                return self._show(session, self._build("licence", session))
            return self._show(session, self._build("confirm", session))
        if name == "cancel":
            session.pending, session.staged = "", None
            return self._after(session, "updates")
        if name in ("install", "confirm"):
            package = session.pending if name == "confirm" else argument
            staged, session.pending, session.staged = session.staged, "", None
            refused = self.box.install_file(staged) if staged else self.box.install_offered(package)
            if refused:
                return self._refused(session, command, refused)
            return self._after(session, "updates")
        if name in FAILOVER or name in ("sure", "unsure"):
            return self._failover_act(session, resolved, command)
        if name == "upload":
            return self._upload(call, session, command)
        if name == "restart":
            self.box.restart()
            return self._show(session, self._build(self.home, session))
        if name in ("save_failover", "reset_failover"):
            self.box.truth.decoys.append(name)
            return self._after(session, "failover")
        if name in ("shut_down", "reset", "remove", "change_password", "restore"):
            self.box.truth.decoys.append(name)
            if name in ("shut_down", "reset"):
                self.box.go_down()
            return self._after(session, self.home)
        if name == "download_backup":
            body = b"".join(self.box.backup())
            return Reply(200, body, self.box.backup_content_type)
        self.box.truth.decoys.append(name)
        if session.account is None:
            return self._show(session, self._build("sign_in", session))
        return self._after(session, self.home)

    def _failover_act(self, session: WebSession, resolved: Resolved, command: CommandSeen | None) -> Reply:
        assert resolved.action is not None
        name = resolved.action.name
        if name == "unsure":
            session.asked = None
            return self._after(session, "failover")
        if name == "sure":
            if session.asked is None or session.asked.action is None:
                return self._after(session, "failover")
            resolved, session.asked = session.asked, None
            assert resolved.action is not None
            name = resolved.action.name
            if command:
                command.detail["what"] = name
        elif self.dialect.asks_first and name in ASKED_FIRST:
            session.asked = resolved
            return self._show(session, self._build("sure", session))
        # Settings that stand in the same form are saved with it (assumed): who presses must leave them as they are.
        self.box.truth.decoys += [f"changed {one}" for one in resolved.changed]
        good, text = self._failover_do(name, resolved.values)
        if command:
            command.accepted = good
        shown = self.words.get(f"did_{name}", text) if good else self.words["failover_refused"].format(text=text)
        session.flash = [Text(shown, "notice" if good else "error")]
        return self._after(session, "security" if name == "set_key" else "failover")

    def _failover_do(self, name: str, values: dict[str, str]) -> tuple[bool, str]:
        box = self.box
        if name == "sync":
            return box.sync_now()
        if name == "break":
            return box.break_failover()
        if name in ("become_primary", "become_backup"):
            return box.set_failover_role(name.removeprefix("become_"), "sync_first" in values, False)
        if name == "shared_ips":
            return box.enable_shared_ips([one for key, one in values.items() if key.startswith("ip_")])
        if name == "set_key":
            return box.set_failover_key(values["key"]) if values.get("key") else (False, self.words["key_missing"])
        ports = [values.get(f"{side}_port", "").strip() for side in ("peer", "own")]
        if not all(one.isdigit() for one in ports):
            return False, self.words["bad_port"]
        peer, own = (
            (values.get(f"{side}_host", ""), int(port)) for side, port in zip(("peer", "own"), ports, strict=True)
        )
        return box.establish_failover(peer, own)

    def _refused(self, session: WebSession, command: CommandSeen | None, text: str) -> Reply:
        if command:
            command.accepted = False
        session.flash = [Text(self.words["refused"].format(text=text), "error")]
        return self._after(session, "updates")

    def _note_upload(self, call: Call, accepted: bool, message: str) -> None:
        if call.upload is not None:
            up = call.upload
            self.box.truth.uploads.append(UploadSeen(up.file_name, up.size, up.sha256, self.box.now, accepted, message))

    def _upload(self, call: Call, session: WebSession, command: CommandSeen | None) -> Reply:
        if call.upload is None or not call.upload.file_name:
            return self._refused(session, command, self.words["no_file"])
        try:
            package = read_package(call.upload.head, call.upload.size, call.upload.filler_sha256)
        except PackageRefusedError as problem:
            self._note_upload(call, False, str(problem))
            return self._refused(session, command, str(problem))
        if command:
            command.detail["package"] = package.name
        if self.dialect.asks_first and self.box.installation is None:
            self._note_upload(call, True, "")
            session.pending, session.staged = package.name, package
            return self._show(session, self._build("licence", session))
        refused = self.box.install_file(package)
        self._note_upload(call, not refused, refused or "")
        if refused:
            return self._refused(session, command, refused)
        return self._after(session, "updates")

    def _sign_in(self, session: WebSession, values: dict[str, str]) -> Reply:
        verdict = self.box.log_in(self.interface, self.account, values.get("username", ""), values.get("password", ""))
        if verdict != "ok":
            session.flash = [Text(self.words["locked" if verdict == "locked" else "bad_login"], "error")]
            return self._show(session, self._build("sign_in", session))
        del self.sessions[session.id]
        fresh = self._open()
        fresh.account = self.account.username
        return self._redirect(fresh, self.start)

    # Sessions and replies

    def _open(self) -> WebSession:
        boots = self.box.boots if self.interface == "appliance" else self.box.boots + self.box.site_starts
        session = WebSession(self.box.secret(), boots, self.box.now)
        self.sessions[session.id] = session
        return session

    def _cookie(self, session: WebSession) -> list[tuple[str, str]]:
        name = self.dialect.cookie(self.interface)
        return [("Set-Cookie", f"{name}={session.id}; Path=/{self.interface}; Secure; HttpOnly")]

    def _to_login(self, session: WebSession | None) -> Reply:
        return self._redirect(session or self._open(), "sign_in")

    def _redirect(self, session: WebSession, page: str) -> Reply:
        url = self.dialect.url(self.interface, page)
        return Reply(302, b"", charset=self.dialect.encoding, headers=[("Location", url), *self._cookie(session)])

    def _after(self, session: WebSession, page: str) -> Reply:
        """The page after an action: shown at once, or by a redirect, as the dialect does."""
        if self.dialect.redirects_after_post:
            return self._redirect(session, page)
        return self._show(session, self._build(page, session))

    def _show(self, session: WebSession, page: Page, status: int | None = None) -> Reply:
        session.token = self.box.secret()
        session.forms, session.links = {}, {}
        html = self.dialect.render(page, Issuer(self, session))
        headers = [("Cache-Control", "no-store"), *self._cookie(session)]
        return Reply(
            status or page.status, self.dialect.encode(html), "text/html", self.dialect.header_charset, headers
        )

    # Pages

    def _build(self, key: str, session: WebSession) -> Page:
        words = self.words
        flash: list[Block] = list(session.flash)
        session.flash = []
        brand = words["brand"]
        if not self._shown(key):
            key = "failover"
        if key == "sign_in":
            heading = words["login_heading" if self.interface == "appliance" else "site_login_heading"]
            form = Form(
                "login",
                [Entry("username", words["username"]), Entry("password", words["password"], "password")],
                [Control(Action("sign_in"), words["sign_in"])],
                heading,
            )
            extras = [self._language_form()]
            return Page(key, f"{brand} - {heading}", self.interface, self.box.host, (), [*flash, form], extras,
                        version=self.box.site)  # fmt: skip
        blocks = self._appliance_page(key, session) if self.interface == "appliance" else self._login_page(key, session)
        label = words.get("failover" if key == "sure" else key, words["updates"])
        page = Page(key, f"{brand} {label}", self.interface, self.box.host, self._menu(key), flash + blocks,
                    [self._search_form(), self._language_form()], version=self.box.site,
                    log_out=Control(Action("log_out"), words["log_out"]))  # fmt: skip
        if key == "updates" and self.box.installation is not None:
            page.refresh = self.dialect.refresh_seconds
        return page

    def _search_form(self) -> Form:
        return Form("search", [Entry("query", self.words["search"])], [Control(Action("search"), self.words["search"])])

    def _language_form(self) -> Form:
        options = ("English", "Italiano", "Deutsch")
        entry = Entry("language", self.words["language"], "select", "English", options)
        return Form("language", [entry], [Control(Action("set_language"), self.words["change"])])

    def _menu(self, key: str) -> tuple[Item, ...]:
        words = self.words
        tree: tuple[tuple[str, tuple[str, ...]], ...]
        if self.interface == "appliance":
            tree = (
                ("status", ("basics", "storage")),
                ("my_account", ()),
                ("networking", ()),
                ("security", ("certificates",)),
                ("support", ("utilities", "updates", "advanced")),
            )
        else:
            tree = (
                ("status", ("welcome",)),
                ("my_account", ()),
                ("configuration", ()),
                ("reports", ()),
                ("management", ("software", "security", "failover", "api_configuration")),
            )
        if self.interface == "login" and self.box.vault:
            tree += (("vault", ()),)
        tree = tuple((parent, tuple(filter(self._shown, inside))) for parent, inside in tree if self._shown(parent))
        key = {"licence": "updates", "confirm": "updates", "sure": "failover"}.get(key, key)
        items = []
        for parent, children in tree:
            inside = tuple(
                Item(child, words["status"] if child == "welcome" else words[child], child == key) for child in children
            )
            current = key == parent or key in children
            items.append(Item(parent, words[parent], current, inside))
        return tuple(items)

    def _shown(self, page: str) -> bool:
        """Whether this page is there now: a backup has lost most of `/login` (D-VIDEO; which ones stay is assumed)."""
        pair = self.box.pair
        if self.interface != "login" or pair is None or self.box.role != "backup":
            return True
        return page in (*pair.backup_menu, "sign_in", "sure", "frames", "menu", "root")

    def _appliance_page(self, key: str, session: WebSession) -> list[Block]:
        words, box = self.words, self.box
        if key in ("basics", "status"):
            at = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(box.shown(box.now)))
            rows = [
                (words["model"], box.model),
                (words["serial"], box.serial),
                (words["base_version"], box.base),
                (words["host_name"], box.host),
                (words["system_time"], at),
                (words["uptime"], f"41 {words['days']}"),
            ]
            return [Facts(f"{words['status']} :: {words['basics']}", rows)]
        if key == "storage":
            return [Facts(f"{words['status']} :: {words['storage']}", [(words["storage_used"], "12 %")])]
        if key == "my_account":
            entries = [
                Entry("old", words["old_password"], "password"),
                Entry("new", words["new_password"], "password"),
            ]
            button = Control(Action("change_password"), words["change_password"])
            return [Form("password", entries, [button], words["change_password"])]
        if key in ("utilities", "support"):
            buttons = [
                Control(Action("restart"), words["restart"], danger=True),
                Control(Action("shut_down"), words["shut_down"], danger=True),
                Control(Action("reset"), words["reset"], danger=True),
            ]
            return [Form("utilities", [], buttons, f"{words['support']} :: {words['utilities']}")]
        if key == "licence":
            entry = Entry("accepted", words["licence_tick"], "checkbox", "1")
            buttons = [
                Control(Action("cancel"), words["cancel"]),
                Control(Action("accept"), words["continue"]),
            ]
            return [Text(words["licence_text"]), Form("licence", [entry], buttons, words["licence_heading"])]
        if key == "confirm":
            buttons = [Control(Action("cancel"), words["no"]), Control(Action("confirm"), words["yes"])]
            question = words["confirm_text"].format(name=session.pending)
            return [Form("confirm", [], buttons, words["confirm_heading"], question)]
        if key == "updates":
            return self._updates()
        return [Text(words[key])]

    def _updates(self) -> list[Block]:
        words, box = self.words, self.box
        if box.installation is not None:
            blocks: list[Block] = [
                Text(words["check_heading"], "heading"),
                Progress(words["busy"].format(name=box.installation.package.name), box.percent),
                Text(words["busy_note"], "warning"),
            ]
            if self.dialect.decoys:
                button = Control(Action("restart"), words["restart"], danger=True)
                blocks.append(Form("trouble", [], [button]))
            return blocks
        blocks = []
        if box.message is not None:
            kind, name, text = box.message
            shape = "notice" if kind == "done" else "error"
            blocks.append(Text(words[kind].format(name=name, text=text), shape))
        check = Form(
            "check", [], [Control(Action("check"), words["check"])], words["check_heading"], words["check_intro"]
        )
        if self.dialect.decoys:
            check.controls.insert(0, Control(Action("restart"), words["restart"], danger=True))
        blocks.append(check)
        if box.checked is not None:
            if box.checked:
                blocks.append(Text(words["available_now"]))
                blocks.append(Offers(words["available"], self._rows()))
            else:
                blocks.append(Text(words["none_available"]))
        manual = Form(
            "manual",
            [Entry("file", words["file"], "file")],
            [Control(Action("upload"), words["upload"])],
            words["manual_heading"],
            words["upload_warning"],
        )
        blocks.append(manual)
        return blocks

    def _rows(self) -> list[OfferRow]:
        words = self.words
        rows = []
        for offer in self.box.checked or []:
            package = offer.package
            details = []
            if package.kind == "site":  # in English on the Italian page too (seed)
                details = [
                    f"Primary Hostname: {package.site or self.box.host}",
                    f"Licenses: {package.licenses}",
                    f"Expires: {package.expires}",
                ]
            controls = []
            if self.dialect.decoys:
                controls.append(Control(Action("remove", package.name), words["remove"], danger=True))
            if offer.blocked_by is None or self.dialect.disabled_when_blocked:
                blocked = offer.blocked_by is not None
                controls.append(Control(Action("install", package.name), words["install"], disabled=blocked))
            rows.append(OfferRow(package.name, offer.blocked_by or "", details, controls))
        return rows

    def _login_page(self, key: str, session: WebSession) -> list[Block]:
        words, box = self.words, self.box
        if key == "failover":
            return [self._failover()]
        if key == "sure" and session.asked is not None and session.asked.action is not None:
            buttons = [Control(Action("unsure"), words["no"]), Control(Action("sure"), words["yes"])]
            return [Form("sure", [], buttons, words["sure_heading"], words[f"sure_{session.asked.action.name}"])]
        if key == "security":
            entries = [
                Entry("length", words["password_length"], value="8"),
                Entry("key", words["failover_key"], "password"),
            ]
            return [Form("inter_appliance", entries, [Control(Action("set_key"), words["save"])], words["security"])]
        if key in ("software", "management"):
            facts = Facts(
                f"{words['management']} :: {words['software']}",
                [(words["product_version"], box.site), (words["product_build"], box.build)],
            )
            entries = [
                Entry("password", words["backup_password"], "password"),
                Entry("again", words["backup_again"], "password"),
                Entry("logged", words["backup_logged"], "checkbox", "1"),
            ]
            back = Form(
                "backup", entries, [Control(Action("download_backup"), words["backup"])], words["backup_heading"]
            )
            restore = Form(
                "restore",
                [Entry("file", words["restore_file"], "file"), Entry("password", words["backup_password"], "password")],
                [Control(Action("restore"), words["restore"], danger=True)],
                words["restore_heading"],
            )
            return [facts, back, restore]
        return [Text(words.get(key, words["welcome"]))]

    def _failover(self) -> Failover:
        """Status, history and controls as D-RS-FO and D-PA-EST tell them; what is shown when is assumed."""
        words, box, pair = self.words, self.box, self.box.pair
        moment = self.dialect.moment
        related = box.role != "none"
        status: list[tuple[str, str]] = []
        controls: dict[str, Control] = {}
        if related:
            # The peer's role as this box knows it; one that is not reached is not known.
            known = box.peer is not None and pair is not None and pair.reaches(box)
            peer = box.peer.role if known and box.peer is not None else "unknown"
            synced = box.shown_last_sync
            status = [
                (words["own_role"], words[f"role_{box.role}"]),
                (words["peer_role"], words[f"role_{peer}"]),
                (words["last_check"], moment(box.shown(box.now))),
                (words["last_sync"], moment(synced) if synced is not None else words["never"]),
                (words["sync_status"], self._sync_words()),
            ]
            hidden = pair is not None and pair.sync_hidden and box.sync_state == "running"
            if not hidden and (pair is None or box.role == "backup" or pair.sync_on == "both"):
                controls["sync"] = Control(Action("sync"), words["sync_now"])
            other = "primary" if box.role == "backup" else "backup"
            controls["become"] = Control(Action(f"become_{other}"), words[f"become_{other}"], danger=True)
            controls["break"] = Control(Action("break"), words["break_failover"], danger=True)
        else:
            controls["establish"] = Control(Action("establish"), words["establish"])
        if box.shared_addresses:
            controls["ips"] = Control(Action("shared_ips"), words["save_ips"])
        controls["settings"] = Control(Action("save_failover"), words["save_settings"])
        if self.dialect.decoys:
            controls["reset"] = Control(Action("reset_failover"), words["reset_failover"], danger=True)
        history = [
            (moment(box.shown(at)), words[f"history_{kind}"], words[f"sync_{state}"])
            for at, kind, state in reversed(box.failover_history[-8:])
        ]

        def address(side: str) -> list[Entry]:
            return [Entry(f"{side}_host", words["peer_host"]), Entry(f"{side}_port", words["peer_port"], value="443")]

        return Failover(
            f"{words['management']} :: {words['failover']}", "" if related else words["no_failover"], status,
            words["history"], history, controls, Entry("sync_first", words["sync_first"], "checkbox", "1"),
            words["shared_ips"],
            [Entry(f"ip_{one}", one, "checkbox", one, checked=one in box.shared_ips) for one in box.shared_addresses],
            words["peer_heading"], address("peer"), words["own_heading"], address("own"), words["failover_settings"],
            [Entry("automatic", words["automatic_sync"], "checkbox", "1", checked=True),
             Entry("interval", words["sync_interval"], value="60")],
        )  # fmt: skip

    def _sync_words(self) -> str:
        box = self.box
        text = box.last_sync_status or ""
        if text not in ("", "Success", "In progress", "Failed"):
            return text
        return self.words[f"sync_{box.sync_state or 'none'}"]


#: Settings that nobody asked to be changed, wherever they stand.
BYSTANDERS = ("automatic", "interval", "length")


def _changed(issued: Issued, values: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in issued.form.entries
        if one.name in BYSTANDERS
        and values.get(one.name) != (one.value if one.checked or one.kind != "checkbox" else None)
    )


def _is_login(resolved: Resolved) -> bool:
    if resolved.problem == "csrf" and resolved.session is not None and resolved.session.account is None:
        return True
    return resolved.action is not None and resolved.action.name in ("sign_in", "set_language")


class Issuer:
    """Hands out forms and links of one page and writes them into the session's books."""

    def __init__(self, app: WebApp, session: WebSession) -> None:
        self.app, self.session = app, session
        self.token = session.token

    def form(self, form: Form) -> Issued:
        """Register a form; gives the names to put into the markup."""
        dialect = self.app.dialect
        number = len(self.session.forms) + 1
        hidden = [(dialect.field_name(form.key, "form"), f"{form.key}-{number}")]
        hidden.insert(number % 2, (dialect.token_field, self.token))
        hidden += dialect.extra_hidden
        names = {entry.name: dialect.field_name(form.key, entry.name) for entry in form.entries}
        alone = len(form.controls) == 1 and dialect.unnamed_buttons
        buttons: list[tuple[str, str, Control]] = []
        for control in form.controls:
            name = "" if alone else dialect.field_name(form.key, control.action.name)
            if name and control.action.argument:
                name += f"[{len(buttons)}]"
            buttons.append((name, control.label, control))
        upload = any(entry.kind == "file" for entry in form.entries)
        url = dialect.form_url(self.app.interface, form.key)
        issued = Issued(form, url, hidden, names, buttons, upload)
        self.session.forms[str(number)] = issued
        return issued

    def link(self, control: Control) -> str:
        """A one-time address that acts."""
        token = self.app.box.secret()
        self.session.links[token] = control.action
        base = self.app.dialect.url(self.app.interface, "updates" if self.app.interface == "appliance" else "welcome")
        return f"{base}{'&' if '?' in base else '?'}{self.app.dialect.link_field}={token}"

    def url(self, page: str) -> str:
        """The address of a page."""
        return self.app.dialect.url(self.app.interface, page)
