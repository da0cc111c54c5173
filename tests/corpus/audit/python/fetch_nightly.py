"""Fetches the sessions of the night and puts them into the reporting database."""
import datetime
import logging
import xml.etree.ElementTree as ET

import psycopg2
import requests

log = logging.getLogger(__name__)
BASE = "https://support.example.com"


def newest_known(cur):
    cur.execute("SELECT MAX(lsid) FROM session")
    row = cur.fetchone()
    return row[0] or 0


def fetch(token, day):
    answer = requests.post(
        f"{BASE}/api/reporting",
        data={"generate_report": "SupportSession", "start_date": day, "duration": "1"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
    )
    answer.raise_for_status()
    return ET.fromstring(answer.content)


def load(cur, root, known):
    added = 0
    for session in root.findall("session"):
        lsid = int(session.attrib["lsid"])
        if lsid <= known:
            continue
        started = session.find("start_time")
        when = datetime.datetime.fromtimestamp(int(started.get("timestamp")))
        cur.execute(
            "INSERT INTO session (lsid, type, start_time, external_key) VALUES (%s, %s, %s, %s)",
            (lsid, session.findtext("session_type"), when, session.findtext("external_key")),
        )
        added += 1
    log.info("added %d sessions", added)
    return added


def connected():
    return psycopg2.connect("dbname=icdb user=loader")
