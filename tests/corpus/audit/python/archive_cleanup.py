"""Move old recordings into bucket directories on the archive share."""
import argparse
import logging
import os
import shutil
from xml.dom import minidom

BUCKETS = 64
log = logging.getLogger("cleanup")


class Session:
    def __init__(self, node):
        self.lsid = node.getAttribute("lsid")
        keys = node.getElementsByTagName("external_key")
        self.external_key = keys[0].firstChild.data if keys and keys[0].firstChild else ""
        self.timestamp = int(
            node.getElementsByTagName("start_time")[0].getAttribute("timestamp")
        )


def load(path):
    dom = minidom.parse(path)
    return [Session(n) for n in dom.getElementsByTagName("session")]


def bucket(session):
    number = int(session.lsid)
    return "%02d" % (number % BUCKETS)


def newest_first(items):
    return sorted(items, key=lambda s: s.lsid, reverse=True)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("xml")
    ap.add_argument("--keep", type=int, default=500)
    ap.add_argument("--root", default="/srv/archive")
    args = ap.parse_args()
    logging.basicConfig(level=logging.INFO)
    for s in newest_first(load(args.xml))[args.keep:]:
        src = os.path.join(args.root, "current", s.lsid + ".flv")
        dst = os.path.join(args.root, bucket(s))
        if os.path.exists(src):
            os.makedirs(dst, exist_ok=True)
            shutil.move(src, dst)
            log.info("%s -> %s", src, dst)


if __name__ == "__main__":
    main()
