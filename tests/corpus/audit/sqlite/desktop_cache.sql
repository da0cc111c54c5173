-- Cache tables of the desktop search
PRAGMA journal_mode = WAL;

CREATE TABLE IF NOT EXISTS cached_session (
    id INTEGER PRIMARY KEY,
    lsid TEXT NOT NULL CHECK (length(lsid) = 32),
    lseq INTEGER NOT NULL DEFAULT 0,
    start_time INTEGER NOT NULL,
    duration INTEGER NOT NULL DEFAULT 0,
    external_key VARCHAR(10),
    UNIQUE (lsid, lseq)
);

CREATE INDEX IF NOT EXISTS cached_order ON cached_session (start_time, lseq, lsid);

CREATE VIEW IF NOT EXISTS cached_recent AS
SELECT lsid, external_key, duration / 60 AS minutes
FROM cached_session
WHERE start_time > CAST(strftime('%s', 'now', '-30 day') AS INTEGER)
ORDER BY start_time DESC, lsid;

CREATE TRIGGER IF NOT EXISTS cached_trim AFTER INSERT ON cached_session
BEGIN
    DELETE FROM cached_session WHERE id <= NEW.id - 10000;
    DELETE FROM cached_session WHERE lsid = NEW.lsid AND lseq = NEW.lseq AND id < NEW.id;
END;

-- "lsid INTEGER" in older copies of this file
SELECT count(DISTINCT lsid) AS sessions, max(start_time) AS latest FROM cached_session;
