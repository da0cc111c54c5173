"""Keeps answers as they are, one file a session, for as long as the law asks."""
import gzip
import json
from pathlib import Path

from lxml import etree

FOLDER = Path("/srv/archive")
COUNT_FROM = 10


def sessions(content):
    root = etree.fromstring(content)
    space = etree.QName(root).namespace
    tag = f"{{{space}}}session" if space else "session"
    return [element for element in root if element.tag == tag]


def keep(content):
    seen = {}
    for number, session in enumerate(sessions(content), start=COUNT_FROM):
        lsid = session.get("lsid")
        seen[lsid] = number
        if len(lsid) == 32:
            name = lsid
        else:
            name = lsid.zfill(12)
        place = FOLDER / name[:2] / f"{name}.xml.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(place, "wb") as out:
            out.write(etree.tostring(session))
    total = sum(seen.values())
    return json.dumps({"count": len(seen), "total": total, "order": sorted(seen)})


def newest(records):
    # by time, and by LSID only where two began in the same second
    return sorted(records, key=lambda record: (record["start_time"], record["lsid"]))[-1]
