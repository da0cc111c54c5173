"""Print the sessions of a saved report, newest first."""
import datetime as dt
import sys

import xmltodict
from bs4 import BeautifulSoup


def from_soup(text):
    soup = BeautifulSoup(text, "xml")
    for s in soup.find_all("session"):
        yield {
            "lsid": s["lsid"],
            "lseq": int(s.find("lseq").text),
            "started": int(s.find("start_time")["timestamp"]),
            "ticket": s.find("external_key").text,
        }


def from_dict(text):
    doc = xmltodict.parse(text, force_list=("session",))
    for s in doc["session_list"]["session"]:
        yield {
            "lsid": s["@lsid"],
            "lseq": int(s["lseq"]),
            "started": int(s["start_time"]["@timestamp"]),
            "ticket": s.get("external_key") or "",
        }


def merge(*sources):
    merged = {}
    for source in sources:
        for row in source:
            merged[row["lsid"], row["lseq"]] = row
    return sorted(merged.values(), key=lambda r: (r["started"], r["lseq"], r["lsid"]), reverse=True)


def main(argv):
    text = open(argv[1], encoding="utf-8").read()
    limit = int(argv[2]) if len(argv) > 2 else 20
    rows = merge(from_soup(text), from_dict(text))
    for n, row in enumerate(rows[:limit], 1):
        when = dt.datetime.fromtimestamp(row["started"], dt.timezone.utc)
        print(f"{n:3d} {row['lsid']:<32s} {when:%Y-%m-%d %H:%M} {row['ticket']}")
    print("%d sessions, id length %d" % (len(rows), max(len(r["lsid"]) for r in rows)))


if __name__ == "__main__":
    main(sys.argv)
