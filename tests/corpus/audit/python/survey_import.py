"""Import exit survey answers next to the sessions they belong to."""
import sqlite3
import sys
import xml.etree.ElementTree as ET

KNOWN = (
    "",
    "{http://www.networkstreaming.com/namespaces/API}",
    "{http://www.bomgar.com/namespaces/API/reporting}",
    "{https://www.beyondtrust.com/namespaces/API/reporting}",
    "{http://www.beyondtrust.com/sra/namespaces/API/reporting}",
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS survey (
    id INTEGER PRIMARY KEY,
    lsid VARCHAR(32) NOT NULL,
    lseq INTEGER,
    score INTEGER,
    UNIQUE (lsid, lseq)
)
"""


def pick_ns(root):
    for ns in KNOWN:
        if root.find(ns + "session") is not None:
            return ns
    raise ValueError("unknown answer: " + root.tag)


def read(path):
    root = ET.parse(path).getroot()
    ns = pick_ns(root)
    for s in root.findall(ns + "session"):
        lsid = s.get("lsid")
        lseq = int(s.findtext(ns + "lseq", "0"))
        score = s.findtext(ns + "score")
        if score and score.isdigit():
            yield lsid, lseq, int(score)


def main(argv):
    with sqlite3.connect("survey.db") as db:
        db.execute(SCHEMA)
        found = list(read(argv[1]))
        db.executemany(
            "INSERT OR IGNORE INTO survey (lsid, lseq, score) VALUES (?, ?, ?)", found
        )
        avg = db.execute("SELECT AVG(score) FROM survey").fetchone()[0]
    print("%d answers of %d sessions, mean %.1f"
          % (len(found), len({f[0] for f in found}), avg or 0))


if __name__ == "__main__":
    main(sys.argv)
