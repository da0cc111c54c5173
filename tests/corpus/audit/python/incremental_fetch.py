"""Fetch sessions added since the last run and keep a marker in a state file."""
import json
import pathlib
import sqlite3

STATE = pathlib.Path("state.json")
DB = "sessions.db"


def read_state():
    if STATE.exists():
        return json.loads(STATE.read_text())
    return {"last_lsid": "", "runs": 0}


def write_state(state):
    state["runs"] += 1
    STATE.write_text(json.dumps(state, indent=2))


def new_sessions(conn, state):
    cur = conn.execute(
        """
        SELECT lsid, lseq, start_time, duration, external_key
          FROM session
         WHERE lsid > ?
         ORDER BY start_time
        """,
        (state["last_lsid"],),
    )
    return cur.fetchall()


def main():
    conn = sqlite3.connect(DB)
    conn.row_factory = sqlite3.Row
    state = read_state()
    total = 0
    rows = new_sessions(conn, state)
    for row in rows:
        total += int(row["duration"])
        print("%-12s %s %6d" % (row["external_key"], row["start_time"], row["duration"]))
    if rows:
        state["last_lsid"] = max(r["lsid"] for r in rows)
        first, last = rows[0], rows[-1]
        print("gap:", last["lsid"] - first["lsid"] + 1 - len(rows))
    print("total seconds", total)
    write_state(state)


if __name__ == "__main__":
    main()
