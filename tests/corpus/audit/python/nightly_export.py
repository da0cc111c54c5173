# /usr/bin/env python3
"""Pull last night's support sessions from the appliance and append to CSV."""
import csv
import datetime as dt
import logging
import os
import sys
import xml.etree.ElementTree as ET

import requests

HOST = os.environ.get("SUPPORT_HOST", "support.example.com")
OUT = "/var/reports/sessions.csv"
log = logging.getLogger("nightly_export")


def fetch(day):
    params = {
        "generate_report": "SupportSession",
        "start_date": day.isoformat(),
        "duration": 86400,
    }
    r = requests.get("https://%s/api/reporting" % HOST, params=params, timeout=60)
    r.raise_for_status()
    return ET.fromstring(r.content)


def rows(root):
    for node in root.findall("session"):
        yield {
            "lsid": int(node.get("lsid")),
            "duration": node.findtext("duration"),
            "children": len(node),
        }


def main():
    logging.basicConfig(level=logging.INFO)
    day = dt.date.today() - dt.timedelta(days=1)
    data = sorted(rows(fetch(day)), key=lambda r: r["duration"])
    with open(OUT, "a", newline="") as fh:
        w = csv.DictWriter(fh, fieldnames=["lsid", "duration", "children"])
        for row in data:
            w.writerow(row)
    log.info("%d rows for %s", len(data), day)
    return 0


if __name__ == "__main__":
    sys.exit(main())
