# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The databases of somebody who reads sessions from before release 10.6: what is planted, what is sound, and how a person mends the SQL."""

from __future__ import annotations

from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Kind

#: The tables, for all servers. `{id}`: a primary key that counts by itself.
TABLES = """
CREATE TABLE session ({id}, lsid int NOT NULL, type varchar(20), start_time int, end_time int, duration int, file_transfers int,
  host_name varchar(80), external_key varchar(80), public_site_id int, public_site_name varchar(80), CONSTRAINT u_lsid UNIQUE (lsid));
CREATE TABLE session_note ({id}, session_lsid int NOT NULL, note varchar(200),
  CONSTRAINT fk_note FOREIGN KEY (session_lsid) REFERENCES session (lsid) ON DELETE CASCADE);
CREATE TABLE survey ({id}, session_ref int, stars int, CONSTRAINT fk_survey FOREIGN KEY (session_ref) REFERENCES session (lsid));
CREATE INDEX i_note ON session_note (session_lsid);
CREATE TABLE billing ({id}, bomgar_lsid bigint, minutes int);
CREATE TABLE archive (lsid varchar(20) PRIMARY KEY, note varchar(200));
CREATE TABLE feed (lsid varchar(32) NOT NULL, lseq int NOT NULL, seen int, CONSTRAINT u_lseq UNIQUE (lseq));
CREATE TABLE modern (lsid varchar(32) PRIMARY KEY, lseq int, customer_id int, lsid_count int);
CREATE TABLE person ({id}, name varchar(80), number int);
INSERT INTO session (lsid, type, start_time, external_key) VALUES (1, 'support', 100, 'T-1'), (2, 'support', 200, 'T-2'), (918273, 'support', 300, NULL);
INSERT INTO session_note (session_lsid, note) VALUES (1, 'first'), (918273, 'last');
INSERT INTO survey (session_ref, stars) VALUES (2, 5), (NULL, 1);
INSERT INTO billing (bomgar_lsid, minutes) VALUES (918273, 12);
INSERT INTO archive (lsid, note) VALUES ('17', 'old');
INSERT INTO feed (lsid, lseq, seen) VALUES ('c69a8e10bea9428f816cfababe9815fe', 1, 0);
CREATE VIEW v_sound AS SELECT s.lsid, s.start_time, n.note FROM session s JOIN session_note n ON n.session_lsid = s.lsid;
CREATE VIEW v_on_top AS SELECT lsid, count(*) AS notes FROM v_sound GROUP BY lsid;
CREATE VIEW v_latest AS SELECT max(lsid) AS last_lsid FROM session;
CREATE VIEW v_buckets AS SELECT lsid % 10 AS bucket FROM session
"""
IDS = {
    "postgres": "id serial PRIMARY KEY",
    "mysql": "id int AUTO_INCREMENT PRIMARY KEY",
    "sqlite": "id integer PRIMARY KEY AUTOINCREMENT",
}

ROUTINES = {
    "postgres": """;
CREATE FUNCTION sessions_since(p_lsid integer) RETURNS bigint AS $$
BEGIN
  RETURN (SELECT count(*) FROM session WHERE lsid > p_lsid);
END $$ LANGUAGE plpgsql;
CREATE FUNCTION minutes_of(p_key varchar) RETURNS bigint AS $$
  SELECT sum(duration) FROM session WHERE external_key = p_key $$ LANGUAGE sql;
CREATE FUNCTION check_note() RETURNS trigger AS $$
BEGIN
  IF NEW.session_lsid > 5000000 THEN RAISE EXCEPTION 'too new'; END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER t_note BEFORE INSERT ON session_note FOR EACH ROW EXECUTE FUNCTION check_note()
""",
    "mysql": """;
CREATE PROCEDURE sessions_since(IN p_lsid INT)
BEGIN
  SELECT count(*) FROM session WHERE lsid > p_lsid;
END;
CREATE FUNCTION minutes_of(p_key varchar(80)) RETURNS bigint READS SQL DATA
  RETURN (SELECT sum(duration) FROM session WHERE external_key = p_key);
CREATE TRIGGER t_note BEFORE INSERT ON session_note FOR EACH ROW
BEGIN
  IF NEW.session_lsid > 5000000 THEN SIGNAL SQLSTATE '45000'; END IF;
END
""",
    "sqlite": """;
CREATE TRIGGER t_note BEFORE INSERT ON session_note BEGIN
  SELECT RAISE(ABORT, 'too new') WHERE NEW.session_lsid > 5000000;
END
""",
}
#: What a person writes instead of the SQL that took LSIDs for numbers.
MENDED = {
    "postgres": """
DROP VIEW IF EXISTS v_latest;
DROP VIEW IF EXISTS v_buckets;
CREATE VIEW v_latest AS SELECT lsid FROM session ORDER BY start_time DESC LIMIT 1;
DROP FUNCTION sessions_since;
DROP TRIGGER t_note ON session_note;
DROP FUNCTION check_note
""",
    "mysql": """
CREATE OR REPLACE VIEW v_latest AS SELECT lsid FROM session ORDER BY start_time DESC LIMIT 1;
DROP VIEW v_buckets;
DROP PROCEDURE sessions_since;
DROP TRIGGER t_note
""",
    "sqlite": """
DROP VIEW v_latest;
DROP VIEW v_buckets;
CREATE VIEW v_latest AS SELECT lsid FROM session ORDER BY start_time DESC LIMIT 1;
DROP TRIGGER t_note
""",
}
_COLUMNS = {
    ("table session", "lsid", Kind.LSID_NUMBER),
    ("table session", None, Kind.LSEQ_MISSING),
    ("table session_note", "session_lsid", Kind.LSID_NUMBER),
    ("table survey", "session_ref", Kind.LSID_NUMBER),
    ("table billing", "bomgar_lsid", Kind.LSID_NUMBER),
    ("table archive", "lsid", Kind.LSID_SHORT),
    ("table feed", None, Kind.LSEQ_KEY),
    ("view v_latest", None, Kind.LSID_ORDER),
    ("view v_buckets", None, Kind.LSID_ARITHMETIC),
}
#: (object, column, kind) of all that is planted.
PLANTED = {
    "postgres": _COLUMNS
    | {
        ("function sessions_since", None, Kind.LSID_NUMBER),
        ("function sessions_since", None, Kind.LSID_ORDER),
        ("function check_note", None, Kind.LSID_NUMBER),
    },
    "mysql": _COLUMNS
    | {
        ("procedure sessions_since", None, Kind.LSID_NUMBER),
        ("procedure sessions_since", None, Kind.LSID_ORDER),
        ("trigger t_note", None, Kind.LSID_NUMBER),
    },
    "sqlite": _COLUMNS | {("trigger t_note", None, Kind.LSID_NUMBER)},
}


def old_schema(kind: str) -> str:
    """The script that makes the database."""
    return f"{TABLES.replace('{id}', IDS[kind])};\n{ROUTINES[kind].lstrip(';')}"
