-- Local cache of the desktop tool
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lsid INTEGER NOT NULL UNIQUE,
    lseq INTEGER,
    type TEXT,
    start_time TEXT NOT NULL,
    duration INTEGER DEFAULT 0,
    external_key TEXT
);

CREATE TABLE IF NOT EXISTS bookmark (
    id INTEGER PRIMARY KEY,
    label TEXT,
    session_lsid BIGINT NOT NULL,
    created TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX IF NOT EXISTS session_start ON session (start_time);

CREATE VIEW IF NOT EXISTS recent AS
SELECT lsid, external_key, duration / 60 AS minutes
FROM session
WHERE duration > 0
ORDER BY lsid DESC
LIMIT 30;
