CREATE TABLE session (
    lsid TEXT PRIMARY KEY,
    lseq INTEGER,
    started TEXT NOT NULL,
    minutes INTEGER
);
CREATE INDEX by_lseq ON session (lseq, lsid);

CREATE TABLE seen (lsid INTEGER, at TEXT);

SELECT lsid FROM session WHERE lseq >= :from_lseq ORDER BY lseq, lsid LIMIT 500;

SELECT min(lsid), max(started) FROM session;

DELETE FROM session WHERE lseq = ?;

SELECT s.lsid, count(n.id) AS notes
FROM session s LEFT JOIN note n ON n.session_lsid = s.lsid
GROUP BY s.lsid HAVING count(n.id) > 1 AND length(s.lsid) = 32
ORDER BY notes DESC, s.lsid;
