"""Weekly HTML report: sessions per representative."""
import collections
import html
import sys

from lxml import etree

TEMPLATE = "<html><body><h1>Sessions</h1><table>%s</table></body></html>"


def parse(path):
    parser = etree.XMLParser(remove_blank_text=True, huge_tree=True)
    return etree.parse(path, parser)


def per_rep(tree):
    counts = collections.Counter()
    lsids = collections.defaultdict(list)
    for session in tree.xpath("//*[local-name()='session']"):
        lsid = session.get("lsid")
        for rep in session.iterfind("{*}rep_list/{*}representative"):
            name = rep.findtext("{*}display_name", default="?")
            counts[name] += 1
            lsids[name].append(lsid)
    return counts, lsids


def check_config(path="report.xml"):
    """Our own settings file; plain element names, no namespace."""
    cfg = etree.parse(path).getroot()
    return {
        "limit": int(cfg.findtext("limit")),
        "mail": cfg.findtext("mail"),
    }


def render(counts, lsids, limit):
    cells = []
    for name, n in counts.most_common(limit):
        cells.append(
            "<tr><td>%s</td><td>%d</td><td>%s</td></tr>"
            % (html.escape(name), n, ", ".join(lsids[name][:3]))
        )
    return TEMPLATE % "".join(cells)


if __name__ == "__main__":
    settings = check_config()
    c, ids = per_rep(parse(sys.argv[1]))
    print(render(c, ids, settings["limit"]))
