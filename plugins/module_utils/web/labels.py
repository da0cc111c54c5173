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
from functools import lru_cache
from typing import Any

from ..errors import BadInput

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
    ),
    "confirm.no": _labels(
        ("en", ASSUMED, ("No", "Cancel", "Back", "Abort", "Decline", "I do not accept", "Disagree", "I Decline")),
        ("it", ASSUMED, ("No", "Annulla", "Indietro", "Interrompi", "Rifiuta", "Non accetto", "Rifiuto")),
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
        labels = dict(LABELS)
        for key, texts in (extra or {}).items():
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
        """Whether one of a control's texts holds a word of what this driver never presses."""
        return any(self.within(text, "dangerous") for text in texts)

    def heads(self, text: str, *keys: str) -> bool:
        """Whether `text` is a heading of one of these: `Manual Installation`, `Updates :: Manual Installation` (seed), or
        with a number behind it, `Available Updates (2)` (assumed).
        """
        text = text.rsplit("::", 1)[-1]
        return self.matches(text, *keys) or self.matches(re.sub(r"[\s(\[:]*\d+[\])]*$", "", text), *keys)
