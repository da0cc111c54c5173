# Copyright: bomgar.appliance contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL that uses LSID and LSEQ: a test for each rule, in each dialect that has its own way to write it."""

from __future__ import annotations

import pytest
from ansible_collections.bomgar.appliance.plugins.module_utils.audit import sql
from ansible_collections.bomgar.appliance.plugins.module_utils.audit.findings import Place
from ansible_collections.bomgar.appliance.plugins.module_utils.errors import BadInput
from hypothesis import given
from hypothesis import strategies as st

PG, MY, TS, LITE = "postgres", "mysql", "tsql", "sqlite"

MYSQL_PROCEDURE = """DELIMITER //
CREATE PROCEDURE p(IN p_lsid INT)
BEGIN
 DECLARE v_lsid BIGINT UNSIGNED;
 SELECT max(lsid) INTO v FROM s;
 IF p_lsid > 100 THEN
  UPDATE x SET a = 1 WHERE lsid = p_lsid + 1;
 END IF;
END//
DELIMITER ;
"""
TSQL_PROCEDURE = """CREATE PROCEDURE p @lsid INT AS BEGIN
 DECLARE @last_lsid INT;
 SELECT @x = MAX(lsid) FROM s
 IF @lsid > 5
  SELECT * FROM s WHERE lsid > @lsid
END
GO
SELECT 1 FROM s WHERE lsid = 5"""

#: dialect, SQL, what is found, line by line
FAULTY = [
    (TS, "SELECT CONVERT(INT, lsid) FROM s", ["1 lsid_number"]),
    (TS, "SELECT TRY_CONVERT(BIGINT, lsid), ISNUMERIC(lsid), TRY_CAST(lsid AS INT) FROM s", ["1 lsid_number"]),
    (MY, "SELECT CONVERT(lsid, SIGNED) FROM s", ["1 lsid_number"]),
    (MY, "SELECT CAST(lsid AS UNSIGNED) FROM s", ["1 lsid_number"]),
    (PG, "SELECT lsid::bigint FROM s", ["1 lsid_number"]),
    (PG, "SELECT to_number(lsid, '999') FROM s", ["1 lsid_number"]),
    (LITE, "SELECT CAST(s.lsid AS integer) FROM s", ["1 lsid_number"]),
    (PG, "SELECT lsid::varchar(10) FROM s", ["1 lsid_short"]),
    (MY, "SELECT LPAD(lsid, 8, '0') FROM s", ["1 lsid_short"]),
    (PG, "SELECT *\nFROM s\nWHERE lsid = 918273", ["3 lsid_number"]),
    (PG, "SELECT * FROM s WHERE 5 < lsid", ["1 lsid_number"]),
    (PG, "SELECT * FROM s WHERE lsid IN (1, 2)", ["1 lsid_number"]),
    (PG, "SELECT * FROM s WHERE lsid BETWEEN 1 AND 5", ["1 lsid_number"]),
    (PG, "SELECT * FROM s WHERE lsid BETWEEN :a AND :b", ["1 lsid_order"]),
    (PG, "SELECT * FROM s WHERE lsid = %d", ["1 lsid_number"]),
    (PG, "INSERT INTO s (a, lsid) VALUES ('x', 5)", ["1 lsid_number"]),
    (PG, "SELECT * FROM a JOIN b ON b.ticket_no = a.lsid", ["1 lsid_number"]),
    (PG, "CREATE TABLE b (ref int); SELECT * FROM a JOIN b ON b.ref = a.lsid", ["1 lsid_number"]),
    (PG, "SELECT * FROM a JOIN b ON a.lsid = b.lseq", ["1 lsid_number"]),
    (PG, "SELECT max(lsid) FROM s", ["1 lsid_order"]),
    (TS, "SELECT * FROM s WHERE lsid > @last", ["1 lsid_order"]),
    (MY, "SELECT * FROM s ORDER BY lsid LIMIT 10", ["1 lsid_order"]),
    (PG, "SELECT * FROM s ORDER BY lsid DESC, start_time", ["1 lsid_order"]),
    (PG, "SELECT row_number() OVER (PARTITION BY x ORDER BY lsid) FROM s", ["1 lsid_order"]),
    (PG, "SELECT lsid + 1 FROM s", ["1 lsid_arithmetic"]),
    (MY, "SELECT MOD(lsid, 10), lsid DIV 2 FROM s", ["1 lsid_arithmetic"]),
    (TS, "SELECT lsid % 10 FROM s", ["1 lsid_arithmetic"]),
    (PG, "SELECT sum(lsid), -lsid, a.lsid - b.lsid FROM s", ["1 lsid_arithmetic"]),
    (PG, "CREATE TABLE s (\n id int,\n lsid integer NOT NULL\n)", ["3 lsid_number"]),
    (TS, "CREATE TABLE s (lsid INT IDENTITY(1,1))", ["1 lsid_number"]),
    (PG, "CREATE TABLE s (session_lsid varchar(20))", ["1 lsid_short"]),
    (PG, "ALTER TABLE s ALTER COLUMN lsid TYPE bigint", ["1 lsid_number"]),
    (MY, "ALTER TABLE s MODIFY COLUMN lsid INT NOT NULL", ["1 lsid_number"]),
    (MY, "ALTER TABLE s CHANGE ref lsid int", ["1 lsid_number"]),
    (PG, "CREATE TABLE s (lseq int UNIQUE)", ["1 lseq_key"]),
    (PG, "CREATE TABLE s (lseq int, PRIMARY KEY (lseq))", ["1 lseq_key"]),
    (TS, "CREATE TABLE s (lseq int,\n CONSTRAINT pk PRIMARY KEY CLUSTERED (lseq ASC))", ["2 lseq_key"]),
    (MY, "ALTER TABLE s ADD UNIQUE KEY (lseq)", ["1 lseq_key"]),
    (PG, "CREATE UNIQUE INDEX u ON s (lseq)", ["1 lseq_key"]),
    (PG, "CREATE TABLE n (s_lseq int REFERENCES s (lseq))", ["1 lseq_key"]),
    (PG, "INSERT INTO s (lseq) VALUES (1) ON CONFLICT (lseq) DO NOTHING", ["1 lseq_key"]),
    (PG, "SELECT * FROM a JOIN b USING (lseq)", ["1 lseq_key"]),
    (PG, "SELECT * FROM a JOIN b ON a.lseq = b.lseq AND a.x = b.x", ["1 lseq_key"]),
    (PG, "SELECT * FROM s WHERE lseq = :p", ["1 lseq_key"]),
    (PG, "SELECT * FROM s WHERE lseq IN (SELECT lseq FROM t)", ["1 lseq_key"]),
    (PG, "SELECT lseq, count(*) FROM s GROUP BY lseq", ["1 lseq_key"]),
    (PG, "SELECT count(DISTINCT lseq) FROM s", ["1 lseq_key"]),
    (PG, "MERGE INTO a USING b ON a.lseq = b.lseq WHEN MATCHED THEN UPDATE SET x = 1", ["1 lseq_key"]),
    (
        MY,
        MYSQL_PROCEDURE,
        ["2 lsid_number", "4 lsid_number", "5 lsid_order", "6 lsid_number", "7 lsid_arithmetic"],
    ),
    (
        PG,
        "CREATE FUNCTION f(p_lsid integer) RETURNS int AS $$\nBEGIN\n RETURN (SELECT 1 FROM s WHERE lsid > p_lsid);\nEND $$ LANGUAGE plpgsql",
        ["1 lsid_number", "3 lsid_order"],
    ),
    (
        TS,
        TSQL_PROCEDURE,
        ["1 lsid_number", "2 lsid_number", "3 lsid_order", "4 lsid_number", "5 lsid_order", "8 lsid_number"],
    ),
    (LITE, "CREATE TRIGGER t AFTER INSERT ON s BEGIN\n UPDATE x SET n = 1 WHERE lsid = CAST(new.lsid AS integer);\nEND", ["2 lsid_number"]),
    (PG, "SELEC lsid FRM (((;\nSELECT max(lsid) FROM s", ["1 not_read", "2 lsid_order"]),
    (PG, "SELECT 'unterminated, lsid", ["1 not_read"]),
]  # fmt: skip

SOUND = [
    (PG, "SELECT lsid FROM s WHERE lsid = %s AND lsid = %(lsid)s AND lsid = :lsid AND lsid = $1 ORDER BY start_time, lsid"),
    (PG, "SELECT lsid, count(*) FROM s GROUP BY lsid HAVING count(lsid) > 3"),
    (PG, "SELECT * FROM s WHERE lsid <> '' AND length(lsid) = 32 AND lsid IS NOT NULL AND lsid LIKE 'c6%'"),
    (PG, "SELECT * FROM s ORDER BY s.lsid, event_time"),
    (PG, "SELECT CAST(lsid AS varchar(64)), lsid || '-1', lsid::text FROM s"),
    (TS, "SELECT lsid + ' ' + name FROM s WHERE lsid = @lsid"),
    (TS, "CREATE PROCEDURE p @lsid VARCHAR(32) AS SELECT * FROM s WHERE lsid = @lsid"),
    (PG, "CREATE TABLE s (lsid varchar(32) PRIMARY KEY, lseq int, UNIQUE (lseq, lsid), lsid_count int)"),
    (PG, "CREATE TABLE b (session_id varchar(32)); SELECT * FROM a JOIN b ON b.session_id = a.lsid"),
    (PG, "SELECT * FROM a JOIN b ON a.lsid = b.lsid AND a.lseq = b.lseq"),
    (PG, "SELECT * FROM s WHERE lseq >= :last ORDER BY lseq, lsid"),
    (PG, "SELECT max(lseq) FROM s"),
    (MY, "CREATE TABLE s (lsid varchar(32), lseq int, KEY k (lseq))"),
    (PG, "-- lsid int\nSELECT 'lsid int' FROM s /* max(lsid) */"),
    (PG, "SELECT a FRM (((; SELECT 1"),
]  # fmt: skip


def found(text: str, dialect: str) -> list[str]:
    return [f"{each.place.line} {each.kind.value}" for each in sql.findings(text, dialect, Place(file="x.sql"))]


@pytest.mark.parametrize(("dialect", "text", "expected"), FAULTY)
def test_what_breaks(dialect: str, text: str, expected: list[str]) -> None:
    assert found(text, dialect) == expected


@pytest.mark.parametrize(("dialect", "text"), SOUND)
def test_what_is_sound(dialect: str, text: str) -> None:
    assert found(text, dialect) == []


def test_a_statement_that_cannot_be_read_and_speaks_of_neither_is_left_aside() -> None:
    skipped: list[tuple[Place, str]] = []
    assert sql.findings("SELECT a\nFRM (((;\nSELECT 1", PG, Place(file="x"), skipped) == []
    assert [str(place) for place, _why in skipped] == ["x:1"]


def test_the_line_is_shown_as_it_is_written_and_counted_from_where_it_stands() -> None:
    [finding] = sql.findings("\nSELECT * FROM s WHERE lsid = {last}\nAND lsid > 5", TS, Place(file="x", line=10))
    assert (finding.place.line, finding.text) == (12, "AND lsid > 5")


def test_an_unknown_dialect() -> None:
    with pytest.raises(BadInput, match="oracle"):
        sql.findings("SELECT 1", "oracle", Place())


@given(
    st.text("abclsidq=<>+-*(),;.'\"$@#%:{}[]/\\ \n\0 SELECTWHERBYFOM0123", max_size=200), st.sampled_from(sql.DIALECTS)
)
def test_no_text_breaks_it(text: str, dialect: str) -> None:
    sql.findings(text, dialect, Place(file="x"))
