"""Build links to recordings and find doubled entries in the archive index."""
import re
import argparse
from dataclasses import dataclass

from lxml import etree

NS = {"b": "http://www.bomgar.com/namespaces/API/reporting"}
FILE_RE = re.compile(r"recording_(?P<lsid>\d+)_(\d{4}-\d\d-\d\d)\.flv$")


@dataclass
class Entry:
    lsid: str
    lseq: int
    external_key: str
    size_mb: float = 0.0


def entries(doc):
    for s in doc.xpath("/b:session_list/b:session", namespaces=NS):
        yield Entry(
            lsid=s.get("lsid"),
            lseq=int(s.xpath("string(b:lseq)", namespaces=NS)),
            external_key=s.xpath("string(b:external_key)", namespaces=NS),
        )


def index(doc):
    table = {}
    for e in entries(doc):
        if e.lseq in table:
            print("doubled", e.external_key)
        table[e.lseq] = e
    return table


def link(e):
    return "https://files.example.com/rec/%s/%s" % (e.lsid[:2], e.lsid)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("xml")
    ap.add_argument("--files", nargs="*", default=[])
    args = ap.parse_args()
    known = index(etree.parse(args.xml))
    for e in known.values():
        print(e.external_key, link(e))
    for f in args.files:
        m = FILE_RE.search(f)
        if m:
            print(m.group("lsid"), f)


if __name__ == "__main__":
    main()
