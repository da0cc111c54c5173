# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the web driver knows of the words on an appliance's pages, as data, and how a text is compared with them. Reads no page.

Every text names its source (`SOURCES`); `assumed` ones were never seen in a document and are our translation or guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ..errors import BadInput
from ..models import SyncState

ASSUMED = "assumed"

SOURCES: dict[str, str] = {
    "seed": "Bomgar, Guida per l'Aggiornamento (11.x), the upgrade guide in Italian",
    "seed-en": "English names of the controls that the seed shows in Italian, as summaries of the English guides give them",
    "D-DE-UPG": "https://www.bomgar.com/de/docs/remote-support/updates/upgrade/index.htm",
    "D-PT32": "http://doczz.com.br/doc/667661/interface-web-do-aparelho-bomgar---base-3.2 (contents)",
    "D-EN32": "https://manualzz.com/doc/45094314/bomgar-appliance-guide (contents)",
    "D-BASE42": "https://pdfkiwi.com/documents/configuring-the-bomgar-appliance-5e7bcc2c4928f (contents)",
    "D-BASE61": "https://readkong.com/page/remote-support-appliance-interface-6-1-appliance-8615389 (contents)",
    "D-PAM2015": "https://docplayer.net/amp/12033413-Privileged-access-management-upgrade-guide.html",
    "D-RS-FOG": "https://docs.beyondtrust.com/rs/docs/failover",
    "D-UPG-SYNC": "https://www.beyondtrust.com/docs/privileged-remote-access/updates/upgrade/failover-synchronous-upgrade.htm",
    "D-ADMIN131": "http://technodocbox.com/Windows/78799880-Administrative-guide-standard-licensing.html (contents)",
    "D-RS-FO": "https://docs.beyondtrust.com/rs/docs/on-prem-failover",
    "D-PA-EST": "https://www.bomgar.com/docs/privileged-access/how-to/failover/failover-establish-relationship.htm",
    "D-PM": "https://www.beyondtrust.com/docs/remote-support/how-to/failover/planned-maintenance.htm",
    "D-VIDEO": "https://www.beyondtrust.com/docs/archive/remote-support/videos/failover.htm",
    "D-LOGIN": "https://www.beyondtrust.com/docs/remote-support/getting-started/admin/user-login.htm",
    ASSUMED: "not found in any document: our own wording",
}


@dataclass(frozen=True)
class Label:
    """One text, as a person reads it; `source` is a key of SOURCES."""

    text: str
    language: str
    source: str = ASSUMED


def _labels(*groups: tuple[str, str, tuple[str, ...]]) -> tuple[Label, ...]:
    return tuple(Label(text, language, source) for language, source, texts in groups for text in texts)


LABELS: dict[str, tuple[Label, ...]] = {
    # ---- menu of /appliance -------------------------------------------------------------------------------------
    "menu.status": _labels(
        ("en", "D-EN32", ("Status",)),
        ("it", "seed", ("Stato",)),
        ("de", "D-DE-UPG", ("Status",)),
        ("pt", "D-PT32", ("Status",)),
        ("it", ASSUMED, ("Status",)),
    ),
    "menu.basics": _labels(
        ("en", "D-EN32", ("Basics",)),
        ("de", "D-DE-UPG", ("Einfach",)),
        ("pt", "D-PT32", ("Básico",)),
        ("it", ASSUMED, ("Base", "Di base", "Nozioni di base", "Informazioni di base", "Elementi di base", "Basilari")),
        ("it", ASSUMED, ("Generale", "Generali", "Principale", "Fondamentali", "Basics", "Basi")),
    ),
    "menu.support": _labels(
        ("en", "D-EN32", ("Support",)),
        ("it", "seed", ("Assistenza",)),
        ("pt", "D-PT32", ("Suporte", "Apoio")),
        ("it", ASSUMED, ("Supporto",)),
        ("de", ASSUMED, ("Support",)),
    ),
    "menu.updates": _labels(
        ("en", "D-EN32", ("Updates",)),
        ("it", "seed", ("Aggiornamenti",)),
        ("pt", "D-PT32", ("Actualizações",)),
        ("en", ASSUMED, ("Update", "Software Updates")),
        ("it", ASSUMED, ("Aggiornamento", "Aggiornamenti software")),
        ("de", ASSUMED, ("Aktualisierungen", "Updates")),
        ("pt", ASSUMED, ("Atualizações",)),
    ),
    # ---- the Updates page ---------------------------------------------------------------------------------------
    "updates.check": _labels(
        ("en", "seed-en", ("Check for Updates",)),
        ("it", "seed", ("Controlla aggiornamenti",)),
        ("en", ASSUMED, ("Check for Update", "Check for Updates Now", "Check Now", "Check Again")),
        ("it", ASSUMED, ("Verifica aggiornamenti", "Cerca aggiornamenti", "Controlla gli aggiornamenti")),
        ("it", ASSUMED, ("Controlla la disponibilità di aggiornamenti", "Controlla ora")),
    ),
    "updates.available": _labels(
        ("en", "seed-en", ("Available Updates",)),
        ("it", "seed", ("Aggiornamenti disponibili",)),
        ("en", ASSUMED, ("Updates Available", "Available Packages", "Available Software Updates")),
        ("it", ASSUMED, ("Pacchetti disponibili", "Aggiornamenti software disponibili")),
    ),
    "updates.some": _labels(
        ("it", "seed", ("Ci sono aggiornamenti disponibili da installare",)),
        ("en", ASSUMED, ("There are updates available to install", "There are updates available to be installed")),
    ),
    "updates.none": _labels(
        ("en", ASSUMED, ("No updates available", "No updates are available", "There are no updates available")),
        (
            "en",
            ASSUMED,
            ("There are no available updates", "No available updates", "No updates found", "No new updates"),
        ),
        ("en", ASSUMED, ("There are no updates", "No updates were found", "up to date", "No update is available")),
        ("en", ASSUMED, ("There are currently no updates", "No packages available", "No packages are available")),
        ("it", ASSUMED, ("Nessun aggiornamento disponibile", "Nessun aggiornamento", "Non ci sono aggiornamenti")),
        ("it", ASSUMED, ("Non sono disponibili aggiornamenti", "Non sono presenti aggiornamenti", "è aggiornato")),
        ("it", ASSUMED, ("Al momento non ci sono aggiornamenti", "Nessun pacchetto disponibile", "è già aggiornato")),
        ("it", ASSUMED, ("Non è disponibile alcun aggiornamento", "Non sono stati trovati aggiornamenti")),
    ),
    "text.none_word": _labels(
        ("en", ASSUMED, ("no", "none", "not any", "there are no", "there is no", "currently no", "0")),
        ("it", ASSUMED, ("nessun", "nessuno", "non ci sono", "non vi sono", "non sono", "non è", "non c'è")),
    ),
    "text.updates_word": _labels(
        ("en", ASSUMED, ("update", "updates", "package", "packages", "available", "none")),
        ("it", ASSUMED, ("aggiornamento", "aggiornamenti", "pacchetto", "pacchetti", "disponibili", "nessuno")),
    ),
    "updates.install": _labels(
        ("en", "seed", ("Install this Update",)),
        ("it", "seed", ("Installa questo aggiornamento",)),
        ("de", "D-DE-UPG", ("Diese Aktualisierung installieren",)),
        ("en", ASSUMED, ("Install Update", "Install this Package", "Install Package", "Install", "Install Now")),
        ("it", ASSUMED, ("Installa aggiornamento", "Installa l'aggiornamento", "Installa", "Installa ora")),
        ("it", ASSUMED, ("Installa questo pacchetto", "Installa pacchetto")),
    ),
    "updates.requirements": _labels(
        ("en", "seed", ("does not satisfy", "Please install any other available package")),
        ("en", ASSUMED, ("do not satisfy", "must be installed first", "must first be installed", "is not compatible")),
        (
            "en",
            ASSUMED,
            ("cannot be installed", "can not be installed", "not yet installable", "requirements are not met"),
        ),
        ("en", ASSUMED, ("requirements not met", "does not meet", "do not meet", "is blocked", "not installable")),
        ("it", ASSUMED, ("non soddisfa", "non soddisfano", "deve essere installato prima", "non è compatibile")),
        (
            "it",
            ASSUMED,
            ("non può essere installato", "requisiti non soddisfatti", "installare prima", "non installabile"),
        ),
        (
            "it",
            ASSUMED,
            ("installa qualsiasi altro pacchetto disponibile", "installare un altro pacchetto", "bloccato"),
        ),
        ("de", ASSUMED, ("erfüllt nicht",)),
    ),
    "updates.requirement_word": _labels(
        ("en", ASSUMED, ("requirements", "requirement", "requires", "required", "depends on", "prerequisite", "needs")),
        ("it", ASSUMED, ("requisiti", "requisito", "richiede", "richiesto", "dipende da", "necessita")),
        ("de", ASSUMED, ("Anforderungen", "erfordert")),
    ),
    "package.not_a_name": _labels(
        # How a sentence begins that mentions a package without being its name.
        (
            "en",
            ASSUMED,
            ("please", "install", "requires", "require", "needs", "installing", "installed", "the", "this"),
        ),
        (
            "en",
            ASSUMED,
            ("version", "current", "currently", "running", "from", "to", "after", "update", "upgrade", "first"),
        ),
        ("en", ASSUMED, ("downloading", "failed", "installation", "updating", "a", "an", "you", "no", "your")),
        (
            "it",
            ASSUMED,
            ("si prega", "installa", "installare", "richiede", "versione", "prima", "dopo", "installazione"),
        ),
        ("it", ASSUMED, ("il", "la", "questo", "attuale", "aggiornare", "aggiornamento", "scaricamento", "installato")),
    ),
    "updates.history": _labels(
        ("en", ASSUMED, ("Installed Updates", "Installed Packages", "Installed Software", "Installation History")),
        ("en", ASSUMED, ("Update History", "History", "Previous Updates", "Recently Installed", "Recent Updates")),
        ("en", ASSUMED, ("Release Notes", "Update Log", "Installation Log", "Currently Installed", "Past Updates")),
        ("it", ASSUMED, ("Aggiornamenti installati", "Pacchetti installati", "Software installato", "Cronologia")),
        ("it", ASSUMED, ("Cronologia installazioni", "Cronologia aggiornamenti", "Cronologia degli aggiornamenti")),
        (
            "it",
            ASSUMED,
            ("Storico aggiornamenti", "Storico", "Note di rilascio", "Aggiornamenti precedenti", "Registro"),
        ),
        ("it", ASSUMED, ("Storico installazioni", "Cronologia delle installazioni", "Storico degli aggiornamenti")),
    ),
    # ---- what the page says of a running or finished installation -------------------------------------------------
    "updates.busy": _labels(
        ("en", ASSUMED, ("is being installed", "is being downloaded", "is being updated")),
        ("en", ASSUMED, ("is installing", "is downloading", "is updating", "currently installing", "now installing")),
        (
            "en",
            ASSUMED,
            ("has been started", "installation has started", "update has started", "is restarting", "is rebooting"),
        ),
        ("en", ASSUMED, ("being upgraded", "being installed", "being updated", "being downloaded", "being applied")),
        ("en", ASSUMED, ("are being installed", "installation started", "update started", "is being applied")),
        ("en", ASSUMED, ("update running", "installation running", "upgrade running")),
        ("it", ASSUMED, ("si sta installando", "sta installando", "sta scaricando")),
        ("it", ASSUMED, ("viene installato", "sta aggiornando", "è stata avviata", "è stato avviato")),
        ("it", ASSUMED, ("installazione avviata", "aggiornamento avviato", "si sta riavviando", "sta riavviando")),
    ),
    "updates.in_progress": _labels(
        # Only about an installation: sessions and backups are in progress too.
        ("en", ASSUMED, ("in progress", "is running", "are running", "is currently running", "already running")),
        ("it", ASSUMED, ("in corso", "in esecuzione", "già avviata", "già avviato")),
    ),
    "updates.busy_word": _labels(
        ("en", ASSUMED, ("installing", "downloading", "updating", "upgrading", "unpacking", "applying", "preparing")),
        ("en", ASSUMED, ("restarting", "rebooting", "verifying", "migrating", "processing", "extracting")),
        ("it", ASSUMED, ("installazione di", "scaricamento di", "download di", "aggiornamento di", "riavvio")),
        ("it", ASSUMED, ("installazione", "scaricamento", "preparazione", "verifica di", "decompressione")),
    ),
    "updates.checking": _labels(
        ("en", ASSUMED, ("checking for updates", "checking for available updates", "contacting the update server")),
        ("it", ASSUMED, ("controllo aggiornamenti in corso", "controllo degli aggiornamenti", "ricerca aggiornamenti")),
        (
            "it",
            ASSUMED,
            ("verifica aggiornamenti in corso", "ricerca degli aggiornamenti", "verifica degli aggiornamenti"),
        ),
    ),
    "updates.check_failed": _labels(
        ("en", ASSUMED, ("could not be contacted", "could not contact", "unable to contact", "cannot be reached")),
        ("en", ASSUMED, ("could not be reached", "could not connect", "unable to connect", "failed to contact")),
        ("en", ASSUMED, ("failed to check for updates", "check for updates failed", "could not check for updates")),
        ("en", ASSUMED, ("unable to check for updates", "connection to the update server", "failed to connect")),
        ("it", ASSUMED, ("impossibile contattare", "impossibile connettersi", "non è stato possibile contattare")),
        (
            "it",
            ASSUMED,
            ("non è raggiungibile", "impossibile raggiungere", "impossibile controllare", "non raggiungibile"),
        ),
        ("it", ASSUMED, ("impossibile verificare la disponibilità", "controllo aggiornamenti non riuscito")),
    ),
    "updates.failed": _labels(
        ("en", ASSUMED, ("was not started", "could not be started", "did not start", "not been installed")),
        ("it", ASSUMED, ("non è stato avviato", "non è stata avviata", "non è iniziato")),
        (
            "en",
            ASSUMED,
            ("installation failed", "update failed", "upgrade failed", "failed to install", "failed to update"),
        ),
        ("en", ASSUMED, ("failed to download", "download failed", "could not be installed", "could not install")),
        ("en", ASSUMED, ("could not be downloaded", "was not installed", "unable to install", "installation error")),
        (
            "en",
            ASSUMED,
            ("update error", "has failed", "invalid package", "not a valid", "not valid", "did not succeed"),
        ),
        ("en", ASSUMED, ("failed to upload", "upload failed", "package is corrupt", "was aborted", "was rejected")),
        ("en", ASSUMED, ("installation was unsuccessful", "update was unsuccessful", "failed verification")),
        ("it", ASSUMED, ("installazione non riuscita", "aggiornamento non riuscito", "installazione fallita")),
        (
            "it",
            ASSUMED,
            ("aggiornamento fallito", "impossibile installare", "impossibile aggiornare", "download fallito"),
        ),
        ("it", ASSUMED, ("impossibile scaricare", "non è stato installato", "non è stato possibile installare")),
        ("it", ASSUMED, ("pacchetto non valido", "non è valido", "errore durante l'installazione", "errore di")),
        ("it", ASSUMED, ("è fallita", "è fallito", "non è riuscita", "non è riuscito", "file non valido", "rifiutato")),
        ("it", ASSUMED, ("caricamento non riuscito", "è stato annullato", "è stata interrotta", "è danneggiato")),
    ),
    "updates.failed_past": _labels(
        # Of something that happened, whatever else the sentence says: it is no explanation.
        ("en", ASSUMED, ("error occurred", "errors occurred", "error has occurred", "problem occurred")),
        ("it", ASSUMED, ("si è verificato un errore", "si sono verificati errori", "si è verificato un problema")),
    ),
    "updates.failed_word": _labels(
        ("en", ASSUMED, ("error", "failed", "failure", "invalid", "rejected", "corrupt", "unable")),
        ("it", ASSUMED, ("errore", "fallito", "fallita", "non riuscito", "non riuscita", "non valido", "impossibile")),
    ),
    "updates.done_word": _labels(
        ("en", ASSUMED, ("successfully", "successful", "completed", "complete", "succeeded", "finished")),
        (
            "it",
            ASSUMED,
            (
                "con successo",
                "correttamente",
                "completata",
                "completato",
                "terminata",
                "terminato",
                "riuscita",
                "riuscito",
            ),
        ),
    ),
    "updates.done": _labels(
        (
            "en",
            ASSUMED,
            ("installed successfully", "successfully installed", "successfully updated", "update complete"),
        ),
        (
            "en",
            ASSUMED,
            ("installation complete", "update completed", "installation completed"),
        ),
        ("en", ASSUMED, ("updated successfully", "has been installed", "was installed", "update is complete")),
        ("en", ASSUMED, ("installation is complete", "update was successful", "installation was successful")),
        ("en", ASSUMED, ("installation succeeded", "update succeeded", "has been updated", "installation finished")),
        ("it", ASSUMED, ("installato correttamente", "installato con successo", "installazione completata")),
        ("it", ASSUMED, ("aggiornamento completato", "aggiornato correttamente", "è stato installato")),
        ("it", ASSUMED, ("aggiornato con successo", "aggiornata con successo")),
        ("it", ASSUMED, ("installazione terminata", "aggiornamento terminato", "aggiornamento eseguito")),
    ),
    "text.please_wait": _labels(
        ("en", ASSUMED, ("please wait", "please be patient")),
        ("it", ASSUMED, ("attendere", "si prega di attendere", "attendi")),
    ),
    "text.other_work": _labels(
        (
            "en",
            ASSUMED,
            (
                "session",
                "sessions",
                "backup",
                "sync",
                "synchronization",
                "representatives",
                "users",
                "software is running",
            ),
        ),
        ("it", ASSUMED, ("sessione", "sessioni", "backup", "sincronizzazione", "tecnici", "utenti")),
    ),
    "text.conditional": _labels(
        # What turns a sentence into an explanation or a warning: it says nothing of now.
        ("en", ASSUMED, ("if", "when", "while", "whenever", "may", "might", "can", "will", "would", "should", "must")),
        (
            "en",
            ASSUMED,
            ("before", "during", "do not", "don't", "never", "usually", "in case", "once", "unless", "until"),
        ),
        ("it", ASSUMED, ("se", "quando", "mentre", "può", "possono", "potrebbe", "potrebbero", "prima di", "durante")),
        ("it", ASSUMED, ("non spegnere", "non riavviare", "installerà", "solitamente", "in caso", "finché", "verrà")),
        ("de", ASSUMED, ("wenn", "falls", "sobald", "während", "kann", "können", "könnte", "sollte", "bevor", "muss")),
    ),
    # ---- manual installation ------------------------------------------------------------------------------------
    "manual.section": _labels(
        ("en", "seed-en", ("Manual Installation",)),
        ("it", "seed", ("Installazione manuale", "Pacchetto Software")),
        ("en", ASSUMED, ("Manual Update", "Manual Updates", "Manual Install", "Software Package", "Upload Package")),
        ("it", ASSUMED, ("Aggiornamento manuale", "Aggiornamenti manuali")),
    ),
    "manual.file": _labels(
        ("it", "seed", ("Aggiorna file",)),
        ("en", ASSUMED, ("Update File", "Software Package", "Package", "Package File", "Update Package", "File")),
        ("it", ASSUMED, ("File di aggiornamento", "Pacchetto Software", "Pacchetto", "File")),
    ),
    "manual.submit": _labels(
        ("en", "seed-en", ("Update Software",)),
        ("it", "seed", ("Aggiorna software",)),
        (
            "en",
            ASSUMED,
            ("Upload and Install", "Install Package", "Upload Package", "Upload Update", "Install Software"),
        ),
        ("it", ASSUMED, ("Carica e installa", "Installa pacchetto", "Carica pacchetto", "Aggiorna il software")),
    ),
    "manual.submit_below_heading": _labels(
        # Only under the heading of the manual installation, in a form with nothing else to press.
        ("en", ASSUMED, ("Upload", "Install", "Update", "Submit", "Upload File", "Install Update", "Start")),
        ("it", ASSUMED, ("Carica", "Installa", "Aggiorna", "Invia", "Carica file", "Installa aggiornamento")),
    ),
    # ---- packages -----------------------------------------------------------------------------------------------
    "package.base": _labels(
        ("en", "seed", ("Base Software",)),
        ("en", ASSUMED, ("Base",)),
        ("it", ASSUMED, ("Software di base", "Software Base")),
    ),
    "package.site": _labels(
        ("en", "seed", ("Bomgar",)),
        ("en", ASSUMED, ("BeyondTrust", "Remote Support", "BeyondTrust Remote Support", "Bomgar Remote Support")),
        ("en", ASSUMED, ("RS", "PRA", "BeyondTrust RS", "BeyondTrust PRA", "Bomgar RS", "Secure Remote Access")),
        ("en", ASSUMED, ("Privileged Remote Access", "BeyondTrust Privileged Remote Access", "Privileged Access")),
        ("en", ASSUMED, ("Bomgar Privileged Access", "Bomgar Privileged Remote Access", "Bomgar Software")),
        ("en", ASSUMED, ("BeyondTrust Remote Support Software", "Remote Support Software", "Site Software")),
        ("it", ASSUMED, ("Software Bomgar", "Software del sito")),
    ),
    # ---- Status > Basics: that it shows these four is documented (D-BG-DR), in which words is not ----------------------
    "basics.base_version": _labels(
        ("en", ASSUMED, ("Base Software Version", "Base Version")),
        (
            "en",
            ASSUMED,
            ("Base Software", "Base Software Build", "Installed Base Software", "Base", "Software Version"),
        ),
        ("en", ASSUMED, ("Current Base Software Version", "Base Software Installed", "Current Base Version")),
        (
            "it",
            ASSUMED,
            ("Versione Base", "Versione software di base", "Versione del software di base", "Versione di base"),
        ),
        ("it", ASSUMED, ("Versione Base Software", "Software di base", "Versione software Base", "Software Base")),
        ("it", ASSUMED, ("Versione del software Base", "Versione del Base Software", "Base Software installato")),
    ),
    "basics.model": _labels(
        ("en", ASSUMED, ("Appliance Model",)),
        ("en", ASSUMED, ("Model", "Appliance Type", "Hardware Model")),
        ("it", ASSUMED, ("Modello", "Modello appliance", "Modello dell'appliance", "Modello dispositivo")),
        ("it", ASSUMED, ("Modello del dispositivo", "Modello hardware")),
    ),
    "basics.serial": _labels(
        ("en", ASSUMED, ("Serial Number",)),
        ("en", ASSUMED, ("Appliance Serial Number", "Serial", "Serial No", "Appliance Serial")),
        ("it", ASSUMED, ("Numero di serie", "Numero seriale", "Seriale", "Matricola", "Numero di serie appliance")),
        ("it", ASSUMED, ("Numero di serie dell'appliance", "N. di serie")),
    ),
    "basics.system_time": _labels(
        ("en", ASSUMED, ("System Time",)),
        ("en", ASSUMED, ("Current System Time", "Time", "Current Time", "Appliance Time", "Date and Time")),
        (
            "it",
            ASSUMED,
            ("Ora di sistema", "Orario di sistema", "Ora del sistema", "Data e ora", "Ora corrente", "Ora"),
        ),
    ),
    # ---- logging in -----------------------------------------------------------------------------------------------
    "login.username": _labels(
        ("en", ASSUMED, ("Username",)),
        ("en", ASSUMED, ("User Name", "User", "Login", "User ID", "Account", "Account Name")),
        ("it", ASSUMED, ("Nome utente", "Utente", "Username", "ID utente", "Nome account", "Account")),
        ("de", ASSUMED, ("Benutzername",)),
        ("pt", ASSUMED, ("Nome de usuário", "Nome de utilizador", "Usuário", "Utilizador")),
    ),
    "login.password": _labels(
        ("en", ASSUMED, ("Password",)),
        ("it", ASSUMED, ("Password", "Parola d'accesso", "Parola chiave")),
        ("de", ASSUMED, ("Kennwort", "Passwort")),
        ("pt", ASSUMED, ("Senha", "Palavra-passe")),
    ),
    "login.submit": _labels(
        ("en", ASSUMED, ("Login",)),
        ("en", ASSUMED, ("Log In", "Log On", "Logon", "Sign In", "Signin", "Enter", "Submit", "Continue")),
        (
            "it",
            ASSUMED,
            ("Accedi", "Accesso", "Entra", "Login", "Connetti", "Collegati", "Invia", "Effettua l'accesso"),
        ),
        ("it", ASSUMED, ("Esegui accesso", "Esegui l'accesso", "Connettiti")),
        ("de", ASSUMED, ("Anmelden", "Anmeldung")),
        ("pt", ASSUMED, ("Entrar", "Iniciar sessão")),
    ),
    "login.refused": _labels(
        ("en", ASSUMED, ("login failed", "invalid username", "invalid user", "incorrect", "locked", "lockout")),
        ("en", ASSUMED, ("invalid password", "authentication failed", "access denied", "too many", "not authorized")),
        (
            "en",
            ASSUMED,
            ("wrong password", "expired", "disabled", "could not log", "login error", "invalid credentials"),
        ),
        ("it", ASSUMED, ("accesso non riuscito", "accesso negato", "non valido", "non validi", "errata", "errato")),
        ("it", ASSUMED, ("bloccato", "troppi", "scaduta", "scaduto", "disabilitato", "non corretta", "non corretti")),
        ("it", ASSUMED, ("login fallito", "login non riuscito", "autenticazione non riuscita", "credenziali")),
    ),
    "login.second_factor": _labels(
        ("en", "D-LOGIN", ("two-factor", "authenticator app")),
        (
            "en",
            ASSUMED,
            ("verification code", "one-time", "authentication code", "token code", "passcode", "security code"),
        ),
        (
            "it",
            ASSUMED,
            ("due fattori", "codice di verifica", "codice di autenticazione", "codice monouso", "codice otp"),
        ),
    ),
    "login.change_password": _labels(
        ("en", ASSUMED, ("new password", "confirm password", "change password", "password has expired")),
        (
            "it",
            ASSUMED,
            ("nuova password", "conferma password", "cambia password", "password scaduta", "modifica password"),
        ),
    ),
    # ---- pages in between -----------------------------------------------------------------------------------------
    "confirm.yes": _labels(
        ("en", ASSUMED, ("Yes", "OK", "Confirm", "Proceed", "Continue", "Yes, install", "Install", "Start", "Next")),
        ("en", ASSUMED, ("Start Installation", "Begin Installation", "Install Now", "Confirm Installation")),
        (
            "en",
            ASSUMED,
            ("Yes, install this update", "Start Update", "Begin Update", "Yes, continue", "Yes, I am sure"),
        ),
        ("it", ASSUMED, ("Sì", "OK", "Conferma", "Procedi", "Continua", "Sì, installa", "Installa", "Avvia", "Avanti")),
        ("it", ASSUMED, ("Avvia installazione", "Conferma installazione", "Installa ora", "Avvia aggiornamento")),
        ("it", ASSUMED, ("Avvia l'installazione", "Conferma l'installazione", "Sì, continua", "Inizia installazione")),
        ("de", ASSUMED, ("Ja", "OK", "Bestätigen", "Fortfahren", "Weiter", "Ja, fortfahren")),
    ),
    "confirm.no": _labels(
        ("en", ASSUMED, ("No", "Cancel", "Back", "Abort", "Decline", "I do not accept", "Disagree", "I Decline")),
        ("it", ASSUMED, ("No", "Annulla", "Indietro", "Interrompi", "Rifiuta", "Non accetto", "Rifiuto")),
        ("de", ASSUMED, ("Nein", "Abbrechen", "Zurück")),
    ),
    "confirm.bare": _labels(
        # A question that asks about nothing but what was pressed.
        ("en", ASSUMED, ("Are you sure", "Continue", "Proceed", "Do you want to continue", "Do you want to proceed")),
        ("en", ASSUMED, ("Are you sure you want to continue", "Are you sure you want to proceed", "Is this OK")),
        ("en", ASSUMED, ("Do you really want to continue", "Do you wish to continue", "Please confirm", "Really")),
        ("en", ASSUMED, ("Confirm", "Confirmation", "Confirmation required", "Confirm your choice")),
        ("it", ASSUMED, ("Conferma", "Richiesta di conferma", "Confermare la scelta")),
        ("de", ASSUMED, ("Bestätigung", "Bestätigen", "Bestätigung erforderlich")),
        ("it", ASSUMED, ("Sei sicuro", "Continuare", "Procedere", "Vuoi continuare", "Sei sicuro di voler continuare")),
        ("it", ASSUMED, ("Confermare", "Confermi", "Si desidera continuare", "Vuoi procedere", "Sei sicura")),
        ("de", ASSUMED, ("Sind Sie sicher", "Fortfahren", "Möchten Sie fortfahren", "Wirklich fortfahren", "Weiter")),
        ("de", ASSUMED, ("Wollen Sie fortfahren", "Möchten Sie wirklich fortfahren", "Bitte bestätigen")),
    ),
    "confirm.asks_word": _labels(
        ("en", ASSUMED, ("are you sure", "confirm", "do you want", "do you really", "please confirm", "really")),
        ("it", ASSUMED, ("sei sicuro", "sicuro di", "confermare", "conferma", "vuoi", "si desidera", "si è sicuri")),
        ("de", ASSUMED, ("sind sie sicher", "bestätigen", "möchten sie", "wirklich", "wollen sie")),
    ),
    "confirm.subject": _labels(
        (
            "en",
            ASSUMED,
            ("install", "installation", "installing", "update", "updates", "updating", "upgrade", "package"),
        ),
        (
            "it",
            ASSUMED,
            ("installa", "installare", "installazione", "aggiorna", "aggiornare", "aggiornamento", "pacchetto"),
        ),
        ("de", ASSUMED, ("installieren", "Installation", "Aktualisierung")),
    ),
    "confirm.loss_word": _labels(
        # What no installation does: a page that speaks of it asks about something else.
        ("en", ASSUMED, ("factory", "reset", "erase", "erased", "wipe", "wiped", "delete", "deleted", "formatted")),
        ("en", ASSUMED, ("uninstall", "uninstalled", "removed", "restored")),
        ("it", ASSUMED, ("di fabbrica", "eliminare", "eliminati", "cancellare", "cancellati", "formattare")),
        ("it", ASSUMED, ("disinstallare", "disinstallato", "ripristinare", "azzerare", "rimuovere")),
        ("de", ASSUMED, ("Werkseinstellungen", "löschen", "gelöscht", "formatieren", "entfernt", "zurückgesetzt")),
    ),
    "licence.accept": _labels(
        ("en", ASSUMED, ("I accept", "I agree", "Accept", "Agree", "I accept the license agreement")),
        ("it", ASSUMED, ("Accetto", "Accetta", "Accetto il contratto di licenza", "Acconsento")),
    ),
    "licence.agree_word": _labels(
        ("en", ASSUMED, ("accept", "agree", "I have read")),
        ("it", ASSUMED, ("accetto", "accettare", "acconsento", "ho letto")),
    ),
    "licence.subject_word": _labels(
        ("en", ASSUMED, ("license", "licence", "agreement", "terms", "EULA", "conditions")),
        ("it", ASSUMED, ("licenza", "contratto", "termini", "condizioni", "accordo", "EULA")),
    ),
    "licence.refuse_word": _labels(
        ("en", ASSUMED, ("not", "don't", "decline", "disagree", "refuse", "reject")),
        ("it", ASSUMED, ("non", "rifiuto", "rifiuta", "rifiutare")),
    ),
    "licence.continue": _labels(
        (
            "en",
            ASSUMED,
            ("Accept", "I Accept", "Agree", "I Agree", "Continue", "Next", "Accept and Continue", "Submit"),
        ),
        ("en", ASSUMED, ("Accept and Install", "Accept & Continue", "Agree and Continue", "Accept License", "OK")),
        ("en", ASSUMED, ("Agree and Install", "Accept & Install", "Agree & Install", "Agree & Continue")),
        (
            "it",
            ASSUMED,
            ("Accetto", "Accetta", "Continua", "Avanti", "Accetta e continua", "Accetta e installa", "Invia"),
        ),
        ("it", ASSUMED, ("Accetta licenza", "Accetta la licenza", "Prosegui", "OK")),
    ),
    # ---- /login ---------------------------------------------------------------------------------------------------
    "menu.management": _labels(
        ("en", "D-UPG-SYNC", ("Management",)),
        ("it", "seed", ("Gestione",)),
        ("de", "D-DE-UPG", ("Verwaltung",)),
    ),
    "menu.software": _labels(
        ("en", "D-UPG-SYNC", ("Software",)),
        ("en", "D-PAM2015", ("Software Management",)),
        ("it", "seed", ("Gestione del software",)),
        ("de", "D-DE-UPG", ("Softwareverwaltung",)),
        ("it", ASSUMED, ("Software", "Gestione software")),
    ),
    "menu.information": _labels(
        ("en", "D-ADMIN131", ("Information",)),
        ("it", ASSUMED, ("Informazioni",)),
    ),
    "software.version": _labels(
        ("en", "D-RS-FOG", ("Product Version",)),
        ("en", ASSUMED, ("Software Version", "Version", "Installed Version", "Current Version", "Bomgar Version")),
        (
            "it",
            ASSUMED,
            ("Versione prodotto", "Versione del prodotto", "Versione software", "Versione", "Versione installata"),
        ),
        ("it", ASSUMED, ("Versione del software", "Versione corrente", "Versione di prodotto", "Versione Bomgar")),
    ),
    "software.build": _labels(
        ("en", "D-RS-FOG", ("Product Build",)),
        ("en", ASSUMED, ("Build", "Software Build", "Build Number")),
        (
            "it",
            ASSUMED,
            ("Build prodotto", "Build del prodotto", "Build", "Numero di build", "Build software", "Compilazione"),
        ),
    ),
    "menu.failover": _labels(
        ("en", "D-RS-FO", ("Failover",)),
        ("it", "seed", ("Failover",)),
        ("de", ASSUMED, ("Failover", "Ausfallsicherung")),
        ("en", ASSUMED, ("Failover Configuration", "Failover Settings")),
        ("it", ASSUMED, ("Configurazione failover", "Impostazioni failover")),
        ("de", ASSUMED, ("Failover-Konfiguration", "Failover-Einstellungen")),
    ),
    "menu.security": _labels(
        ("en", "D-PA-EST", ("Security",)),
        ("it", ASSUMED, ("Sicurezza", "Protezione")),
        ("de", ASSUMED, ("Sicherheit",)),
    ),
    # ---- Management > Failover: what is pressed ---------------------------------------------------------------------
    "failover.sync": _labels(
        ("en", "D-PA-EST", ("Sync Now",)),
        ("en", ASSUMED, ("Synchronize Now", "Synchronise Now", "Sync Data Now", "Start Data Sync", "Start Sync")),
        ("it", ASSUMED, ("Sincronizza ora", "Sincronizza adesso", "Sincronizza subito", "Sincronizza")),
        ("it", ASSUMED, ("Avvia sincronizzazione", "Sincronizza i dati ora", "Sincronizza dati ora", "Sync ora")),
        ("de", ASSUMED, ("Jetzt synchronisieren", "Daten jetzt synchronisieren", "Synchronisieren")),
        ("de", ASSUMED, ("Synchronisierung starten", "Synchronisation starten", "Jetzt Sync")),
    ),
    "failover.become_primary": _labels(
        ("en", "D-PM", ("Become Primary",)),
        ("en", ASSUMED, ("Become Primary Site", "Become the Primary", "Become Primary Now")),
        ("it", ASSUMED, ("Diventa primario", "Diventa primaria", "Diventa sito primario", "Diventa principale")),
        ("de", ASSUMED, ("Primär werden", "Zum Primärstandort werden", "Zu Primär wechseln", "Primärstandort werden")),
        ("de", ASSUMED, ("Zum Primärsystem werden", "Als Primär festlegen", "Primärsystem werden")),
    ),
    "failover.become_backup": _labels(
        ("en", "D-PM", ("Become Backup",)),
        ("en", ASSUMED, ("Become Backup Site", "Become the Backup", "Become Backup Now")),
        ("it", ASSUMED, ("Diventa backup", "Diventa sito di backup", "Diventa di backup", "Diventa secondario")),
        ("de", ASSUMED, ("Backup werden", "Zum Backup werden", "Zu Backup wechseln", "Backup-Standort werden")),
        ("de", ASSUMED, ("Zum Backup-Standort werden", "Zum Backup-System werden", "Als Backup festlegen")),
    ),
    "failover.break": _labels(
        ("en", "seed-en", ("Break Failover Relationships",)),
        ("en", ASSUMED, ("Break Failover Relationship", "Break Relationship", "Break Relationships", "Break Failover")),
        ("it", ASSUMED, ("Interrompi relazioni di failover", "Interrompi relazione di failover")),
        ("it", ASSUMED, ("Interrompi le relazioni di failover", "Interrompi la relazione di failover")),
        ("it", ASSUMED, ("Interrompi relazioni failover", "Interrompi failover", "Interrompi relazione failover")),
        ("it", ASSUMED, ("Interrompi comunicazione failover", "Interrompi la comunicazione failover")),
        ("it", ASSUMED, ("Termina relazioni di failover", "Termina relazione di failover", "Interrompi il failover")),
        ("de", ASSUMED, ("Failover-Beziehungen trennen", "Failover-Beziehung trennen", "Failover-Beziehung beenden")),
        (
            "de",
            ASSUMED,
            ("Failover-Beziehungen aufheben", "Failover-Beziehung aufheben", "Failover-Beziehungen beenden"),
        ),
        ("de", ASSUMED, ("Failover-Beziehungen auflösen", "Failover-Beziehung auflösen", "Failover trennen")),
    ),
    "failover.establish": _labels(
        ("en", "D-RS-FO", ("Establish Relationship",)),
        ("en", ASSUMED, ("Establish Failover Relationship", "Establish Failover", "Establish Relationships")),
        ("it", ASSUMED, ("Stabilisci relazione", "Stabilisci la relazione", "Stabilisci relazione di failover")),
        ("it", ASSUMED, ("Crea relazione", "Crea relazione di failover", "Stabilisci failover", "Instaura relazione")),
        ("de", ASSUMED, ("Beziehung herstellen", "Failover-Beziehung herstellen", "Beziehung einrichten")),
        ("de", ASSUMED, ("Beziehung aufbauen", "Failover-Beziehung einrichten", "Failover-Beziehung aufbauen")),
    ),
    "failover.save": _labels(
        # Only in the form of the shared addresses, or of the pre-shared key.
        ("en", ASSUMED, ("Save", "Save Changes", "Save Settings", "Save Shared IPs", "Save Shared IP Settings")),
        ("en", ASSUMED, ("Apply", "Apply Changes", "Update", "Save Security Settings", "Update Settings", "OK")),
        (
            "it",
            ASSUMED,
            ("Salva", "Salva modifiche", "Salva impostazioni", "Applica", "Aggiorna", "Salva IP condivisi"),
        ),
        ("it", ASSUMED, ("Salva le modifiche", "Salva le impostazioni", "Applica modifiche", "Memorizza", "OK")),
        ("de", ASSUMED, ("Speichern", "Änderungen speichern", "Einstellungen speichern", "Übernehmen", "OK")),
        ("de", ASSUMED, ("Gemeinsame IPs speichern", "Aktualisieren", "Anwenden")),
    ),
    # ---- Management > Failover: fields, headings and what is read ---------------------------------------------------------
    "failover.sync_first": _labels(
        # That there is such a box is documented (D-PM), its text is not.
        ("en", ASSUMED, ("Perform a data sync first", "Sync data first", "Data sync first", "Sync first")),
        ("it", ASSUMED, ("Esegui prima una sincronizzazione dei dati", "Sincronizza prima i dati")),
        ("de", ASSUMED, ("Zuerst Daten synchronisieren", "Vorher Daten synchronisieren")),
    ),
    "failover.first_word": _labels(
        ("en", ASSUMED, ("first", "before", "prior to", "beforehand", "pull", "swap", "swapping", "then", "becoming")),
        ("it", ASSUMED, ("prima", "prima di", "preventivamente", "anticipatamente", "preliminare", "precedentemente")),
        ("de", ASSUMED, ("zuerst", "vorher", "zuvor", "vor dem", "vor der", "zunächst", "davor", "vorab")),
    ),
    "failover.automatic_word": _labels(
        ("en", ASSUMED, ("automatic", "automatically", "scheduled", "schedule", "interval", "enable", "enabled")),
        ("it", ASSUMED, ("automatica", "automatico", "automaticamente", "intervallo", "abilita", "attiva")),
        ("de", ASSUMED, ("automatisch", "automatische", "automatischen", "Intervall", "aktivieren", "aktiviert")),
        ("en", ASSUMED, ("every", "next")),
        ("it", ASSUMED, ("ogni", "prossima")),
        ("de", ASSUMED, ("jede", "nächste")),
    ),
    "failover.new_backup": _labels(
        ("en", "D-RS-FO", ("New backup site connection details",)),
        ("en", ASSUMED, ("New backup site", "Backup site connection details", "New backup connection details")),
        ("it", ASSUMED, ("Dettagli di connessione del nuovo sito di backup", "Nuovo sito di backup")),
        ("it", ASSUMED, ("Dettagli connessione nuovo sito di backup", "Dettagli connessione del nuovo sito di backup")),
        ("de", ASSUMED, ("Verbindungsdetails des neuen Backup-Standorts", "Neuer Backup-Standort")),
        (
            "de",
            ASSUMED,
            ("Verbindungsdetails zum neuen Backup-Standort", "Verbindungsdaten des neuen Backup-Standorts"),
        ),
    ),
    "failover.new_backup_word": _labels(
        ("en", ASSUMED, ("new backup", "backup site", "backup appliance", "backup connection", "backup host")),
        ("it", ASSUMED, ("nuovo sito di backup", "sito di backup", "nuovo backup", "appliance di backup")),
        ("de", ASSUMED, ("neuen Backup", "neuer Backup", "neues Backup", "Backup-Standort", "Backup-Standorts")),
        ("de", ASSUMED, ("Backup-Site", "Backup-Systems", "Backup-System")),
    ),
    "failover.reverse": _labels(
        ("en", "D-RS-FO", ("Reverse connection details to this primary site",)),
        (
            "en",
            ASSUMED,
            ("Reverse connection details", "Reverse connection", "Reverse connection to this primary site"),
        ),
        ("it", ASSUMED, ("Dettagli di connessione inversa a questo sito primario", "Connessione inversa")),
        ("it", ASSUMED, ("Dettagli della connessione inversa a questo sito primario", "Dettagli connessione inversa")),
        ("de", ASSUMED, ("Rückverbindungsdetails zu diesem Primärstandort", "Rückverbindung")),
        ("de", ASSUMED, ("Umgekehrte Verbindungsdetails zu diesem Primärstandort", "Rückverbindungsdetails")),
    ),
    "failover.reverse_word": _labels(
        ("en", ASSUMED, ("reverse", "this primary", "back to this", "return connection")),
        ("it", ASSUMED, ("inversa", "inverso", "questo sito", "ritorno", "di ritorno", "questo primario")),
        ("de", ASSUMED, ("Rückverbindung", "Rückverbindungsdetails", "Gegenverbindung", "umgekehrte", "umgekehrt")),
        ("de", ASSUMED, ("Rückverbindungsdaten", "Umkehrverbindung", "umgekehrten", "diesem Primärstandort")),
    ),
    "failover.host": _labels(
        ("en", "D-RS-FO", ("Host name or IP", "Host Name or IP Address")),
        ("en", ASSUMED, ("host", "hostname", "host name", "address", "IP", "IP address", "server", "FQDN")),
        ("it", ASSUMED, ("nome host", "indirizzo", "indirizzo IP", "nome dell'host", "nome di host")),
        ("de", ASSUMED, ("Hostname", "Adresse", "IP-Adresse", "Rechnername", "Servername", "Host-Name")),
    ),
    "failover.port": _labels(
        ("en", "D-RS-FO", ("TLS Port",)),
        ("en", ASSUMED, ("port", "port number", "SSL port", "TCP port", "HTTPS port")),
        ("it", ASSUMED, ("porta", "porta TLS", "numero di porta")),
        ("de", ASSUMED, ("TLS-Port", "Portnummer", "Anschluss")),
    ),
    "failover.shared_ips": _labels(
        ("en", "D-VIDEO", ("Shared IPs",)),
        (
            "en",
            ASSUMED,
            ("shared IP", "shared IP address", "shared IP addresses", "shared addresses", "shared address"),
        ),
        ("it", ASSUMED, ("IP condivisi", "IP condiviso", "indirizzi IP condivisi", "indirizzo IP condiviso")),
        ("it", ASSUMED, ("indirizzi condivisi", "indirizzo condiviso")),
        ("de", ASSUMED, ("gemeinsame IPs", "gemeinsame IP-Adressen", "gemeinsame IP", "gemeinsame IP-Adresse")),
        ("de", ASSUMED, ("gemeinsam genutzte IPs", "gemeinsam genutzte IP-Adressen", "geteilte IPs", "Shared-IPs")),
        ("de", ASSUMED, ("gemeinsamen IPs", "gemeinsamen IP-Adressen", "geteilte IP-Adressen")),
    ),
    "failover.history": _labels(
        (
            "en",
            ASSUMED,
            ("History", "Status History", "Failover History", "Sync History", "Data Sync History", "Recent Events"),
        ),
        ("en", ASSUMED, ("Event Log", "Events", "Log", "Failover Log", "Event History", "Recent Syncs", "Past Syncs")),
        ("en", ASSUMED, ("Failover Status History", "Failover Events", "Recent Activity", "Recent Data Syncs")),
        ("en", ASSUMED, ("Previous Syncs", "Previous Data Syncs", "Earlier Syncs", "Synchronization History")),
        ("it", ASSUMED, ("Cronologia", "Storico", "Registro", "Cronologia failover", "Cronologia sincronizzazioni")),
        ("it", ASSUMED, ("Cronologia stato", "Cronologia dello stato", "Eventi", "Registro eventi", "Eventi recenti")),
        ("it", ASSUMED, ("Storico sincronizzazioni", "Storico delle sincronizzazioni", "Sincronizzazioni precedenti")),
        ("it", ASSUMED, ("Cronologia delle sincronizzazioni", "Storico failover", "Storico eventi")),
        ("de", ASSUMED, ("Verlauf", "Statusverlauf", "Historie", "Protokoll", "Failover-Verlauf", "Ereignisse")),
        ("de", ASSUMED, ("Synchronisierungsverlauf", "Ereignisprotokoll", "Letzte Ereignisse", "Failover-Historie")),
        ("de", ASSUMED, ("Frühere Synchronisierungen", "Vergangene Synchronisierungen", "Statushistorie")),
    ),
    "failover.part": _labels(
        # How other parts of the page are headed: each ends the part before it.
        (
            "en",
            ASSUMED,
            ("Backup Settings", "Primary Settings", "Failover Settings", "Failover Status", "Sync Settings"),
        ),
        ("en", ASSUMED, ("Network Test Addresses", "Automatic Failover Settings", "Failover Configuration")),
        ("it", ASSUMED, ("Impostazioni di backup", "Impostazioni backup", "Impostazioni failover", "Stato failover")),
        ("de", ASSUMED, ("Backup-Einstellungen", "Failover-Einstellungen", "Failover-Status")),
    ),
    "failover.word": _labels(
        ("en", "D-RS-FO", ("failover",)), ("it", "seed", ("failover",)), ("de", ASSUMED, ("Failover",))
    ),
    "failover.role_word": _labels(
        ("en", "D-RS-FO", ("role",)),
        ("it", ASSUMED, ("ruolo",)),
        ("de", ASSUMED, ("Rolle", "Failoverrolle", "Failover-Rolle")),
    ),
    "failover.own_word": _labels(
        ("en", "D-RS-FO", ("this host", "this host's")),
        ("en", ASSUMED, ("this", "local", "own", "my", "your")),
        ("it", ASSUMED, ("questo", "questa", "locale", "proprio")),
        (
            "de",
            ASSUMED,
            ("dieser", "dieses", "diese", "diesem", "lokal", "lokale", "lokaler", "lokales", "eigene", "eigener"),
        ),
    ),
    "failover.own_subject": _labels(
        # How a sentence begins that says what this appliance is.
        ("en", ASSUMED, ("this site", "this host", "this appliance", "this system", "this server", "this node")),
        ("en", ASSUMED, ("this is the", "this is a", "this is currently", "the local site", "the local appliance")),
        ("it", ASSUMED, ("questo sito", "questa appliance", "questo host", "questo server", "questo è", "questa è")),
        ("de", ASSUMED, ("dieser Standort", "dieses System", "diese Appliance", "dieser Host", "dieser Server")),
        ("de", ASSUMED, ("dies ist der", "dies ist das", "dies ist die")),
    ),
    "failover.is_word": _labels(
        ("en", ASSUMED, ("is", "acts as", "runs as")),
        ("it", ASSUMED, ("è", "funge da")),
        ("de", ASSUMED, ("ist",)),
    ),
    "failover.peer_word": _labels(
        ("en", "D-RS-FO", ("peer", "peer's")),
        ("en", ASSUMED, ("remote", "other", "partner", "partner's", "opposite", "counterpart", "paired")),
        ("it", ASSUMED, ("peer", "remoto", "remota", "altro", "altra", "partner", "controparte")),
        (
            "de",
            ASSUMED,
            ("Peer", "Peers", "Gegenstelle", "andere", "anderen", "anderer", "anderes", "Partner", "Partners"),
        ),
        ("de", ASSUMED, ("Partnersystem", "entfernte", "entfernter", "entferntes", "Gegenseite")),
    ),
    "failover.change_word": _labels(
        # A label with one of these is not about what is so now.
        (
            "en",
            ASSUMED,
            ("change", "become", "swap", "switch", "new", "previous", "last", "old", "former", "preferred"),
        ),
        (
            "en",
            ASSUMED,
            ("history", "changed", "since", "desired", "original", "user", "users", "next", "wanted", "set"),
        ),
        (
            "it",
            ASSUMED,
            ("cambia", "cambio", "diventa", "scambia", "nuovo", "precedente", "ultimo", "preferito", "utente"),
        ),
        (
            "de",
            ASSUMED,
            ("wechsel", "wechseln", "ändern", "neue", "vorherige", "letzte", "bevorzugte", "tauschen", "Benutzer"),
        ),
    ),
    "role.primary": _labels(
        ("en", "D-RS-FO", ("Primary",)),
        ("it", ASSUMED, ("Primario", "Primaria", "Principale", "Primary")),
        ("de", ASSUMED, ("Primär", "primäre", "primärer", "primäres", "Primärstandort", "Primärsystem", "Primary")),
    ),
    "role.backup": _labels(
        ("en", "D-RS-FO", ("Backup",)),
        ("en", ASSUMED, ("Standby", "Secondary")),
        ("it", ASSUMED, ("Secondario", "Secondaria", "Riserva")),
        ("de", ASSUMED, ("Sekundär", "sekundäre", "sekundärer", "sekundäres", "Reserve", "Sicherung")),
    ),
    "role.none": _labels(
        ("en", ASSUMED, ("None", "Standalone", "Stand-alone", "Not configured", "No failover", "Single", "N/A")),
        ("it", ASSUMED, ("Nessuno", "Nessuna", "Nessun ruolo", "Non configurato", "Autonomo", "Singolo")),
        ("de", ASSUMED, ("Keine", "Keiner", "Nicht konfiguriert", "Eigenständig", "Einzeln")),
    ),
    "failover.none": _labels(
        ("en", ASSUMED, ("no failover relationship", "no failover relationships", "failover is not configured")),
        ("en", ASSUMED, ("no failover configured", "no failover is configured", "not in a failover relationship")),
        ("en", ASSUMED, ("not part of a failover", "failover has not been configured", "failover not configured")),
        ("en", ASSUMED, ("no relationship has been established", "no relationship is established")),
        ("it", ASSUMED, ("nessuna relazione di failover", "failover non configurato", "failover non è configurato")),
        ("it", ASSUMED, ("nessun failover configurato", "non è stata stabilita alcuna relazione")),
        ("de", ASSUMED, ("keine Failover-Beziehung", "keine Failover-Beziehungen", "Failover ist nicht konfiguriert")),
        ("de", ASSUMED, ("kein Failover konfiguriert", "Failover nicht konfiguriert")),
    ),
    "failover.last_sync": _labels(
        (
            "en",
            ASSUMED,
            ("Last Data Sync Time", "Last Data Sync", "Last Sync", "Last Sync Time", "Time of Last Data Sync"),
        ),
        (
            "it",
            ASSUMED,
            ("Ultima sincronizzazione", "Ultima sincronizzazione dei dati", "Ultima sincronizzazione dati"),
        ),
        ("de", ASSUMED, ("Letzte Synchronisierung", "Letzte Datensynchronisierung", "Letzte Synchronisation")),
    ),
    "failover.sync_status": _labels(
        ("en", ASSUMED, ("Last Data Sync Status", "Last Sync Status", "Data Sync Status", "Sync Status")),
        ("en", ASSUMED, ("Status of Last Data Sync", "Last Data Sync Result", "Last Sync Result")),
        (
            "it",
            ASSUMED,
            ("Stato ultima sincronizzazione", "Stato dell'ultima sincronizzazione", "Stato sincronizzazione"),
        ),
        ("it", ASSUMED, ("Esito ultima sincronizzazione", "Esito dell'ultima sincronizzazione")),
        (
            "de",
            ASSUMED,
            ("Status der letzten Synchronisierung", "Synchronisierungsstatus", "Letzter Synchronisierungsstatus"),
        ),
        ("de", ASSUMED, ("Status der letzten Datensynchronisierung", "Ergebnis der letzten Synchronisierung")),
    ),
    "failover.sync_word": _labels(
        ("en", "D-PA-EST", ("sync", "data sync", "synced", "syncs")),
        (
            "en",
            ASSUMED,
            ("data-sync", "synchronization", "synchronisation", "synchronize", "synchronized", "synchronizing"),
        ),
        ("en", ASSUMED, ("syncing", "synchronise", "synchronised", "synchronising", "resync", "replication")),
        ("it", ASSUMED, ("sincronizzazione", "sincronizza", "sincronizzare", "sincronizzati", "sincronizzato")),
        ("it", ASSUMED, ("sincronizzando", "sincronizzata", "sincronizzazioni")),
        ("de", ASSUMED, ("Synchronisierung", "Synchronisation", "Datensynchronisierung", "synchronisieren")),
        (
            "de",
            ASSUMED,
            ("synchronisiert", "Datensynchronisation", "Synchronisierungsstatus", "Datenabgleich", "Abgleich"),
        ),
        ("de", ASSUMED, ("Synchronisierungszeit", "Synchronisierungsergebnis")),
    ),
    "failover.last_word": _labels(
        ("en", ASSUMED, ("last", "latest", "most recent")),
        ("it", ASSUMED, ("ultima", "ultimo", "più recente")),
        ("de", ASSUMED, ("letzte", "letzten", "letzter", "letztes", "zuletzt")),
    ),
    "failover.status_word": _labels(
        ("en", ASSUMED, ("status", "result", "outcome", "state")),
        ("it", ASSUMED, ("stato", "esito", "risultato")),
        ("de", ASSUMED, ("Status", "Ergebnis", "Zustand", "Synchronisierungsstatus", "Synchronisierungsergebnis")),
    ),
    "failover.not_sync_word": _labels(
        # A label with one of these tells another time or state than that of the last data sync.
        ("en", "D-RS-FO", ("status check",)),
        (
            "en",
            ASSUMED,
            ("check", "checked", "next", "interval", "automatic", "bandwidth", "timeout", "every", "started"),
        ),
        (
            "en",
            ASSUMED,
            ("began", "begin", "start", "attempt", "attempted", "scheduled", "limit", "enabled", "duration"),
        ),
        ("en", ASSUMED, ("size", "now", "previous", "failed", "peer", "peer's", "automatically", "first", "before")),
        (
            "it",
            ASSUMED,
            ("controllo", "verifica", "prossima", "prossimo", "intervallo", "automatica", "banda", "inizio"),
        ),
        ("it", ASSUMED, ("tentativo", "avviata", "iniziata", "durata", "pianificata", "limite", "precedente")),
        ("de", ASSUMED, ("Prüfung", "Statusprüfung", "nächste", "Intervall", "automatische", "Bandbreite", "Beginn")),
        (
            "de",
            ASSUMED,
            ("Versuch", "gestartet", "Start", "Dauer", "geplant", "geplante", "Überprüfung", "jetzt", "vorherige"),
        ),
    ),
    # ---- Management > Failover: what a question after a click speaks of ------------------------------------------------------
    "failover.break_word": _labels(
        ("en", ASSUMED, ("break", "breaking", "broken", "end the failover", "end the relationship", "be removed")),
        (
            "it",
            ASSUMED,
            ("interrompi", "interrompere", "interrotta", "interrotte", "interruzione", "terminare", "termina"),
        ),
        (
            "de",
            ASSUMED,
            ("trennen", "getrennt", "beenden", "beendet", "aufheben", "aufgehoben", "auflösen", "aufgelöst"),
        ),
    ),
    "failover.establish_word": _labels(
        ("en", ASSUMED, ("establish", "establishing", "established", "be erased", "be deleted", "be overwritten")),
        ("it", ASSUMED, ("stabilire", "stabilisci", "stabilita", "instaurare", "instaura", "creare la relazione")),
        ("it", ASSUMED, ("saranno cancellati", "saranno eliminati", "verranno cancellati", "verranno eliminati")),
        ("de", ASSUMED, ("herstellen", "hergestellt", "einrichten", "eingerichtet", "aufbauen", "aufgebaut")),
    ),
    "failover.primary_word": _labels(
        ("en", ASSUMED, ("become primary", "become the primary", "becomes primary", "to primary", "becoming primary")),
        (
            "en",
            ASSUMED,
            ("make this site primary", "make this the primary", "make this appliance primary", "primary role"),
        ),
        ("it", ASSUMED, ("diventa primario", "diventare primario", "diventare primaria", "diventare principale")),
        ("it", ASSUMED, ("diventa il primario", "diventare il sito primario", "ruolo primario", "diventerà primario")),
        ("de", ASSUMED, ("primär werden", "zum primärstandort", "zum primärsystem", "zu primär", "zur primären")),
    ),
    "failover.backup_word": _labels(
        ("en", ASSUMED, ("become backup", "become the backup", "becomes backup", "to backup", "becoming backup")),
        ("en", ASSUMED, ("make this site backup", "make this the backup", "make this appliance backup", "backup role")),
        ("it", ASSUMED, ("diventa backup", "diventare backup", "diventare di backup", "diventare il backup")),
        ("it", ASSUMED, ("diventare il sito di backup", "ruolo di backup", "diventerà backup", "diventare secondario")),
        ("de", ASSUMED, ("backup werden", "zum backup", "zu backup", "zum backup-standort", "zum backup-system")),
    ),
    # ---- Management > Security ------------------------------------------------------------------------------------------------
    "security.key": _labels(
        ("en", "D-PA-EST", ("Inter-appliance communication pre-shared key",)),
        ("en", ASSUMED, ("Inter-appliance communication key", "Inter-appliance pre-shared key")),
        ("en", ASSUMED, ("Inter-appliance Communication Preshared Key", "Failover pre-shared key")),
        (
            "it",
            ASSUMED,
            ("Chiave precondivisa per la comunicazione tra appliance", "Chiave precondivisa inter-appliance"),
        ),
        ("it", ASSUMED, ("Chiave precondivisa di comunicazione tra appliance", "Chiave precondivisa tra appliance")),
        ("it", ASSUMED, ("Chiave precondivisa per la comunicazione fra appliance",)),
        ("de", ASSUMED, ("Vorinstallierter Schlüssel für die Kommunikation zwischen Appliances",)),
        ("de", ASSUMED, ("Pre-Shared Key für die Kommunikation zwischen Appliances",)),
        ("de", ASSUMED, ("Vorab ausgetauschter Schlüssel für die Kommunikation zwischen Appliances",)),
    ),
    "security.key_again": _labels(
        (
            "en",
            ASSUMED,
            ("Confirm pre-shared key", "Confirm Inter-appliance communication pre-shared key", "Confirm key"),
        ),
        (
            "en",
            ASSUMED,
            ("Confirm the pre-shared key", "Repeat pre-shared key", "Re-enter pre-shared key", "Verify key"),
        ),
        ("it", ASSUMED, ("Conferma chiave precondivisa", "Conferma chiave", "Ripeti chiave precondivisa")),
        ("de", ASSUMED, ("Schlüssel bestätigen", "Schlüssel wiederholen", "Pre-Shared Key bestätigen")),
    ),
    "security.key_word": _labels(
        ("en", ASSUMED, ("pre-shared key", "preshared key", "communication key")),
        ("it", ASSUMED, ("chiave precondivisa", "chiave")),
        ("de", ASSUMED, ("Pre-Shared Key", "Schlüssel")),
    ),
    # ---- what is said of a data sync: no list of it is published ----------------------------------------------------------------
    "sync.good": _labels(
        ("en", ASSUMED, ("success", "successful", "successfully", "succeeded", "ok", "okay", "completed", "complete")),
        ("en", ASSUMED, ("finished", "done", "up to date", "up-to-date", "in sync", "good", "synced", "passed")),
        (
            "it",
            ASSUMED,
            ("riuscita", "riuscito", "con successo", "successo", "completata", "completato", "correttamente"),
        ),
        ("it", ASSUMED, ("terminata", "terminato", "eseguita", "sincronizzato", "sincronizzati", "aggiornato")),
        ("de", ASSUMED, ("erfolgreich", "erfolg", "abgeschlossen", "fertig", "beendet", "in ordnung", "vollständig")),
    ),
    "sync.running": _labels(
        (
            "en",
            ASSUMED,
            ("running", "in progress", "syncing", "synchronizing", "synchronising", "ongoing", "under way"),
        ),
        (
            "en",
            ASSUMED,
            ("started", "has been started", "being synchronized", "being synced", "underway", "transferring"),
        ),
        ("it", ASSUMED, ("in corso", "in esecuzione", "sincronizzando", "avviata", "avviato", "iniziata")),
        (
            "de",
            ASSUMED,
            ("läuft", "wird ausgeführt", "im Gange", "gestartet", "wird synchronisiert", "werden synchronisiert"),
        ),
        ("de", ASSUMED, ("begonnen", "laufend", "in Bearbeitung", "wird durchgeführt")),
    ),
    # The answer to Sync Now where the sync that runs is not the one that was asked for.
    "sync.joined": _labels(
        ("en", ASSUMED, ("already",)),
        ("it", ASSUMED, ("già",)),
        ("de", ASSUMED, ("bereits", "schon")),
    ),
    "sync.failed": _labels(
        (
            "en",
            ASSUMED,
            ("failed", "failure", "failures", "fail", "fails", "error", "errors", "unsuccessful", "aborted"),
        ),
        (
            "en",
            ASSUMED,
            ("unsuccessfully", "could not", "cannot", "can't", "couldn't", "unable", "timed out", "timeout"),
        ),
        (
            "en",
            ASSUMED,
            ("interrupted", "cancelled", "canceled", "refused", "rejected", "incomplete", "did not", "lost"),
        ),
        (
            "en",
            ASSUMED,
            ("not successful", "not completed", "not complete", "not succeed", "unreachable", "denied", "bad"),
        ),
        ("en", ASSUMED, ("mismatch", "do not match", "does not match", "problem", "problems", "time out", "broken")),
        ("it", ASSUMED, ("fallita", "fallito", "errore", "errori", "non riuscita", "non riuscito", "impossibile")),
        ("it", ASSUMED, ("interrotta", "interrotto", "annullata", "rifiutata", "incompleta", "scaduto", "scaduta")),
        ("it", ASSUMED, ("non completata", "non completato", "non raggiungibile", "negata", "insuccesso", "problema")),
        (
            "de",
            ASSUMED,
            ("fehlgeschlagen", "fehler", "fehlern", "gescheitert", "abgebrochen", "nicht möglich", "verweigert"),
        ),
        ("de", ASSUMED, ("nicht erfolgreich", "unvollständig", "nicht abgeschlossen", "unterbrochen", "erfolglos")),
        ("de", ASSUMED, ("nicht erreichbar", "konnte nicht", "konnten nicht", "zeitüberschreitung", "misslungen")),
    ),
    "sync.no_failure": _labels(
        ("en", ASSUMED, ("no errors", "no error", "without errors", "without error", "0 errors", "no failures")),
        ("it", ASSUMED, ("senza errori", "nessun errore", "0 errori")),
        ("de", ASSUMED, ("ohne Fehler", "keine Fehler", "0 Fehler")),
    ),
    "sync.doubt": _labels(
        # What is said with one of these is not done for certain.
        ("en", ASSUMED, ("not", "no", "never", "none", "isn't", "hasn't", "wasn't", "without", "partial", "partially")),
        ("en", ASSUMED, ("warning", "warnings", "pending", "waiting", "queued", "unknown", "stale", "old", "outdated")),
        (
            "en",
            ASSUMED,
            ("nothing", "almost", "nearly", "last good", "paused", "scheduled", "yet", "expected", "until"),
        ),
        (
            "it",
            ASSUMED,
            ("non", "mai", "nessuna", "nessuno", "senza", "parziale", "parzialmente", "avviso", "in attesa"),
        ),
        ("it", ASSUMED, ("sconosciuto", "sconosciuta", "attesa", "ancora", "obsoleta", "avvertenza", "sospesa")),
        (
            "de",
            ASSUMED,
            ("nicht", "nie", "kein", "keine", "keiner", "ohne", "teilweise", "warnung", "ausstehend", "wartet"),
        ),
        ("de", ASSUMED, ("unbekannt", "warnungen", "noch", "veraltet", "angehalten", "niemals")),
    ),
    "sync.reserve": _labels(
        # Done with a reservation: not all of it was synced. It takes nothing from a sync that runs.
        ("en", ASSUMED, ("but", "except", "excluding", "however", "although", "skipped", "omitted", "missing", "only")),
        ("it", ASSUMED, ("ma", "però", "tranne", "salvo", "eccetto", "tuttavia", "saltati", "saltate", "solo")),
        ("de", ASSUMED, ("aber", "außer", "jedoch", "allerdings", "bis auf", "übersprungen", "ausgelassen", "nur")),
    ),
    # ---- never pressed, whatever else a control may look like ------------------------------------------------------
    "dangerous": _labels(
        (
            "en",
            ASSUMED,
            ("restart", "reboot", "shut down", "shutdown", "power off", "reset", "delete", "remove", "halt"),
        ),
        (
            "en",
            ASSUMED,
            ("uninstall", "cancel", "erase", "wipe", "format", "factory", "restore", "revert", "roll back"),
        ),
        (
            "en",
            ASSUMED,
            ("rollback", "log out", "logout", "log off", "sign out", "discard", "abort", "clear", "disable"),
        ),
        (
            "it",
            ASSUMED,
            ("riavvia", "riavvio", "riavviare", "spegni", "spegnere", "arresta", "ripristina", "reimposta"),
        ),
        ("it", ASSUMED, ("elimina", "rimuovi", "cancella", "disinstalla", "annulla", "disconnetti", "esci", "azzera")),
        ("en", ASSUMED, ("skip", "postpone", "ignore", "stop")),
        ("it", ASSUMED, ("eliminare", "rimuovere", "cancellare", "disinstallare", "annullare", "interrompere")),
        ("it", ASSUMED, ("saltare", "salta", "ignora", "ignorare", "rimanda", "rimandare", "arrestare")),
        ("it", ASSUMED, ("formatta", "interrompi", "disattiva", "resetta", "spegnimento", "arresto", "ripristino")),
        (
            "de",
            ASSUMED,
            ("neu starten", "neustart", "neustarten", "herunterfahren", "zurücksetzen", "löschen", "entfernen"),
        ),
        ("de", ASSUMED, ("deinstallieren", "abbrechen", "abmelden", "wiederherstellen", "ausschalten")),
        (
            "fr",
            ASSUMED,
            ("redémarrer", "arrêter", "réinitialiser", "supprimer", "désinstaller", "annuler", "restaurer"),
        ),
        (
            "es",
            ASSUMED,
            ("reiniciar", "apagar", "restablecer", "eliminar", "desinstalar", "cancelar", "restaurar", "borrar"),
        ),
        (
            "pt",
            ASSUMED,
            ("desligar", "repor", "remover", "excluir", "redefinir", "apagar", "cancelar", "reinicializar"),
        ),
    ),
}

_MARKS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "ʼ": "'", "´": "'", "`": "'"})


_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3})(?:[.,]\d+)?\s?%")

#: What stands between the same label in two languages.
_LANGUAGES = re.compile(r"\s+[/|·•–—-]\s+")


def same(label: str, text: str) -> bool:
    """Whether `label` is `text`, or one of the languages that `label` is written in says so. For reading, never for pressing."""
    return plain(text) in (plain(label), *map(plain, _LANGUAGES.split(label)))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` as it is compared: NFKC, no accents, no case, single blanks, no invisible characters, no marks at its ends.

    Accents are dropped, because a page in the wrong encoding or typed without them still reads the same to a person.
    """
    text = unicodedata.normalize("NFKC", text).translate(_MARKS)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(mark for mark in text if unicodedata.category(mark) not in ("Mn", "Cf"))
    text = " ".join(text.split())
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


class Labels:
    """The known labels with those that the user adds. Pressing takes whole labels; only reading takes parts of texts."""

    def __init__(self, labels: Mapping[str, tuple[Label, ...]] | None = None) -> None:
        self._labels = dict(LABELS if labels is None else labels)
        self._plain = {key: frozenset(plain(label.text) for label in found) for key, found in self._labels.items()}
        self._words: dict[str, re.Pattern[str]] = {}

    @classmethod
    def from_options(cls, extra: Mapping[str, Any] | None) -> Labels:
        """The known labels and `extra` (option `labels`, `bomgar_labels`): key -> list of texts. Raises BadInput."""
        if not extra:
            return _known()
        labels = dict(LABELS)
        for key, texts in extra.items():
            if key not in LABELS:
                raise BadInput(
                    f"use the label {key!r} of the option labels (bomgar_labels)",
                    "there is no such label",
                    "The known ones are: " + ", ".join(sorted(LABELS)) + ".",
                    known=sorted(LABELS),
                )
            texts = [texts] if isinstance(texts, str) else texts
            if not isinstance(texts, (list, tuple)) or not all(isinstance(text, str) and plain(text) for text in texts):
                raise BadInput(
                    f"use the label {key!r} of the option labels (bomgar_labels)",
                    "it is not a list of texts with letters or digits in them",
                    f'Write it as {key}: ["the text as the page shows it"].',
                )
            labels[key] = labels[key] + tuple(Label(text, "user", "user") for text in texts)
        return cls(labels)

    @property
    def taught(self) -> bool:
        """Whether the user has added labels."""
        return any(label.source == "user" for found in self._labels.values() for label in found)

    def texts(self, *keys: str) -> list[str]:
        """Every text of these keys, each once, the documented ones first."""
        found = [label for key in keys for label in self._labels[key]]
        found.sort(key=lambda label: label.source == ASSUMED)
        return list(dict.fromkeys(label.text for label in found))

    def matches(self, text: str, *keys: str) -> bool:
        """Whether the whole of `text` is one of these labels, or the same in several languages: `Accedi / Log In` (assumed)."""
        found = plain(text)
        if any(found in self._plain[key] for key in keys):
            return True
        parts = _LANGUAGES.split(text)
        return len(parts) > 1 and all(any(plain(part) in self._plain[key] for key in keys) for part in parts)

    def within(self, text: str, *keys: str) -> bool:
        """Whether one of these labels stands somewhere in `text`, in whole words. For reading, never for pressing."""
        found = plain(text)
        return any(self._whole_words(key).search(found) for key in keys)

    def without(self, text: str, *keys: str) -> str:
        """`text` as it is compared, less every one of these labels in it."""
        found = plain(text)
        for key in keys:
            found = self._whole_words(key).sub(" ", found)
        return plain(found)

    def starts(self, text: str, *keys: str) -> bool:
        """Whether `text` begins with one of these labels, in whole words."""
        found = plain(text)
        return any(self._whole_words(key).match(found) for key in keys)

    def _whole_words(self, key: str) -> re.Pattern[str]:
        if key not in self._words:
            texts = "|".join(re.escape(text) for text in sorted(self._plain[key], key=len, reverse=True))
            self._words[key] = re.compile(rf"(?<!\w)(?:{texts})(?!\w)")
        return self._words[key]

    def dangerous(self, texts: Iterable[str]) -> bool:
        """Whether one of a control's texts holds a word of what this driver never presses.

        What is wholly a label for breaking failover (documented) holds none: it is pressed only where that is asked for.
        """
        return any(self.within(text, "dangerous") and not self.matches(text, "failover.break") for text in texts)

    def sync_state(self, text: str) -> SyncState:
        """What a text says of a data sync. Words of failure count whatever else it says.

        What is denied, in doubt or said with a reservation is not good, unless the whole of it was taught.
        """
        if "?" not in text and self.matches(text, "sync.good"):
            return SyncState.GOOD
        said = self.without(text, "sync.no_failure")
        if self.within(said, "sync.failed"):
            return SyncState.FAILED
        share = _PERCENT.search(text)
        if self.within(said, "sync.doubt", "text.conditional") or "?" in text:
            return SyncState.UNKNOWN
        if self.within(said, "sync.running") or (share is not None and int(share.group(1)) < 100):
            return SyncState.RUNNING
        good = self.within(said, "sync.good") and not self.within(said, "sync.reserve")
        return SyncState.GOOD if good else SyncState.UNKNOWN

    def heads(self, text: str, *keys: str) -> bool:
        """Whether `text` is a heading of one of these: `Manual Installation`, `Updates :: Manual Installation` (seed), or
        with a number behind it, `Available Updates (2)` (assumed).
        """
        text = text.rsplit("::", 1)[-1]
        return self.matches(text, *keys) or self.matches(re.sub(r"[\s(\[:]*\d+[\])]*$", "", text), *keys)


@cache
def _known() -> Labels:
    return Labels()
