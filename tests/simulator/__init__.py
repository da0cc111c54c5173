# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A simulator of appliances, their vendor and their front doors, for tests, benchmarks and rehearsals. See README.md."""

from __future__ import annotations

from .appliance import Appliance, Certificate, InstallPlan
from .clock import Clock, LookClock, PausedClock, RealClock, ScaledClock
from .faults import Fault, Faults
from .package import write_package
from .pages import DIALECTS, make_dialect
from .pages.labels import DOCUMENTED, LANGUAGES, driver_labels, failover_labels
from .pair import FrontDoor, Pair, PairEvent, PairTruth, SyncPlan, SyncSeen
from .server import Served, Simulator
from .truth import Truth
from .vendor import Package, Vendor

__all__ = [
    "DIALECTS", "DOCUMENTED", "LANGUAGES", "Appliance", "Certificate", "Clock", "Fault", "Faults", "FrontDoor",
    "InstallPlan", "LookClock", "Package", "Pair", "PairEvent", "PairTruth", "PausedClock", "RealClock", "ScaledClock", "Served",
    "Simulator", "SyncPlan", "SyncSeen", "Truth", "Vendor",
    "driver_labels",
    "failover_labels",
    "make_dialect", "write_package",
]  # fmt: skip
