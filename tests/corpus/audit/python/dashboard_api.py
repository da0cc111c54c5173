"""Small Flask service behind the team dashboard."""
import os
import re

import pymysql
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
LSID_RE = re.compile(r"^[0-9a-f]{32}$", re.I)

LIST_SQL = """
    SELECT s.lsid, s.lseq, s.start_time, s.duration, s.external_key
    FROM session s
    WHERE s.start_time >= %s
    ORDER BY s.start_time DESC, s.lseq DESC, s.lsid
    LIMIT %s
"""


def connect():
    return pymysql.connect(
        host=os.environ["DB_HOST"],
        port=int(os.environ.get("DB_PORT", "3306")),
        user="dash",
        password=os.environ["DB_PASS"],
        database="bomgar",
        cursorclass=pymysql.cursors.DictCursor,
    )


@app.route("/sessions")
def sessions():
    limit = min(int(request.args.get("limit", 50)), 500)
    since = request.args.get("since", "2010-01-01")
    with connect() as conn, conn.cursor() as cur:
        cur.execute(LIST_SQL, (since, limit))
        rows = cur.fetchall()
    return jsonify(count=len(rows), sessions=rows)


@app.route("/sessions/<lsid>")
def session(lsid):
    if len(lsid) != 32 or not LSID_RE.match(lsid):
        abort(400, "lsid is not an int but 32 hex characters")
    with connect() as conn, conn.cursor() as cur:
        cur.execute("SELECT * FROM session WHERE lsid = %s", (lsid,))
        row = cur.fetchone()
    if row is None:
        abort(404)
    row["minutes"] = int(row["duration"]) // 60
    return jsonify(row)


if __name__ == "__main__":
    app.run(port=int(os.environ.get("PORT", 8080)))
