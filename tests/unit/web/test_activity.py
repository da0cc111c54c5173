# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page says of an installation: only words about now count."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.models import Activity
from ansible_collections.bomgar.appliance.plugins.module_utils.web.activity import Shown, shown
from ansible_collections.bomgar.appliance.plugins.module_utils.web.labels import Labels
from ansible_collections.bomgar.appliance.plugins.module_utils.web.offer_rows import listing
from ansible_collections.bomgar.appliance.plugins.module_utils.web.page import Page
from ansible_collections.bomgar.appliance.tests.unit.web import pages_by_hand as by_hand

LABELS = Labels()
CHECK = "<form action=/c><button>Check for Updates</button></form>"
MENU = "<nav><a href=/s>Status</a><a href=/u>Updates</a></nav>"


def read(body: str | bytes) -> Shown:
    page = Page.parse(
        body if isinstance(body, bytes) else f"<!doctype html>{MENU}{body}".encode(), "https://support.example.com/u"
    )
    return shown(page, LABELS, listing(page, LABELS))


@pytest.mark.parametrize(
    ("body", "percent"),
    [
        ("<p>Installing Base Software-3.2.6 (40%)</p>", 40),
        ("<p>Base Software-3.2.6 is being installed. Please wait.</p>", None),
        ("<p>Installazione di Bomgar-11.1.1 in corso: 7 %</p>", 7),
        ("<p>Installazione in corso, attendere prego...</p>", None),
        ("<p>Download in corso</p>", None),
        ("<p>An update is currently running.</p>", None),
        ("<p>In corso</p>", None),
        ("<p>Installazione del pacchetto Base Software-3.2.6 avviata.</p>", None),
        ("<table><tr><td>Status</td><td>Downloading</td></tr></table>", None),
        (f"{CHECK}<p>Status: Installing</p>", None),
        ("<p>Downloading\u2026</p>", None),
        ("<p>Please wait while the update is installed.</p>", None),
        ("<h1>Update in progress</h1><p>42%</p>", 42),
        ("<div role=status>Verifying package</div>", None),
        ("<progress value=3 max=4></progress>", 75),
        ("<div role=progressbar aria-valuenow=12></div>", 12),
        ("<progress></progress>", None),
        (f"{CHECK}<p>Installing Base Software-3.2.6, 3 %</p>", 3),
        (f"{CHECK}<div aria-live=polite>Downloading package</div>", None),
        ("<p>Base Software-3.2.6 was installed. The appliance is restarting.</p>", None),
        ("<p>Step 2 of 5: Unpacking package...</p>", None),
        ("<p>Stato: installazione di Bomgar-11.1.1</p>", None),
        (f"{CHECK}<div role=progressbar aria-valuenow=12 aria-label='Installation progress'></div>", 12),
    ],
)
def test_busy(body: str, percent: int | None) -> None:
    assert (read(body).activity, read(body).percent) == (Activity.BUSY, percent)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Installation failed: not enough space.</p>",
        f"<p>An error occurred while installing the update.</p>{CHECK}",
        f"<p>Si è verificato un errore durante l'installazione.</p>{CHECK}",
        "<p class=e>Base Software-3.2.6 could not be installed.</p>",
        "<div role=alert>Error 17</div>",
        "<p>Errore: pacchetto non valido</p>",
        "<p>Installazione non riuscita.</p>",
        f"{CHECK}<p>Bomgar-11.1.1 was not installed: the package is not for this site.</p>",
        "<p>L'aggiornamento non è riuscito.</p>",
        f"{CHECK}<div>The installation of Bomgar-11.1.1 failed: checksum error.</div>",
    ],
)
def test_failed(body: str) -> None:
    assert read(body).activity is Activity.FAILED
    assert read(body).message


@pytest.mark.parametrize(
    "body",
    [
        "<p>Base Software-3.2.6 was installed.</p>",
        "<p>The update was installed successfully.</p>",
        f"{CHECK}<div role=status>Aggiornamento completato</div>",
        "<p>Bomgar-11.1.1 è stato installato.</p>",
        "<div>Installation of Bomgar-11.1.1 completed.</div>",
        "<div>Aggiornamento a Bomgar-11.1.1 eseguito con successo.</div>",
    ],
)
def test_done(body: str) -> None:
    assert read(body).activity is Activity.DONE


@pytest.mark.parametrize(
    "body",
    [
        CHECK,
        f"{CHECK}<p>Installing updates may take 15 minutes to an hour.</p>",
        f"{CHECK}<p>Installing updates takes 15 to 60 minutes and ends all running sessions of your representatives.</p>",
        f"{CHECK}<p>WARNING: Software update may disconnect users.</p>",
        f"{CHECK}<p>AVVERTENZA: L'aggiornamento del software può scollegare gli utenti attualmente collegati al dispositivo.</p>",
        f"{CHECK}<p>L'appliance installerà automaticamente la nuova versione del software Bomgar.</p>",
        f"{CHECK}<p>Do not restart the appliance while an installation is in progress.</p>",
        f"{CHECK}<p>If the installation failed, contact support.</p>",
        f"{CHECK}<p>Se l'installazione non è riuscita, contatta l'assistenza.</p>",
        f"{CHECK}<p>Check for updates failed.</p>",
        f"{CHECK}<p>There are 2 support sessions in progress.</p>",
        f"{CHECK}<p>Sono in corso 2 sessioni.</p>",
        f"{CHECK}<p>The appliance is running Base Software-3.2.4.</p>",
        f"{CHECK}<p>Last backup completed successfully.</p>",
        f"{CHECK}<h3>Installing updates</h3>",
        f"{CHECK}<h2>Installation History</h2><ul><li>Base Software-3.2.4 installed successfully</li><li>Bomgar-9 installation failed</li></ul>",
        f"{CHECK}<table><tr><td>Bomgar-10.5.3</td><td>Installation failed</td><td>2011-02-03</td></tr></table>",
        f"{CHECK}<p>Base Software-3.2.4 was installed on 12 March 2011.</p>",
        f"{CHECK}<h3>Manual Installation</h3><progress value=0 max=100></progress><p>Uploading installs at once. Please wait until it ends.</p>",
        f"{CHECK}<nav><a href=/p>Updates in progress</a></nav>",
        f"{CHECK}<p style='display:none'>Installing Base Software-3.2.6: 1%</p>",
        by_hand.UPDATES_IT_2011,
        by_hand.UPDATES_EN_CARDS.encode(),
        f"{CHECK}<div role=progressbar aria-valuenow=45 aria-label='Disk usage'></div>",
        f"{CHECK}<p>Storage <progress value=45 max=100></progress></p>",
        f"{CHECK}<p>Is an installation in progress? Then wait.</p>",
        f"{CHECK}<p>An error occurred while checking for updates.</p>",
    ],
)
def test_idle(body: str | bytes) -> None:
    assert read(body).activity is Activity.IDLE


def test_what_is_not_understood_is_unknown_and_quoted() -> None:
    assert read("<p>La frŝigo laboras.</p>") == Shown(Activity.UNKNOWN, "La frŝigo laboras.")
