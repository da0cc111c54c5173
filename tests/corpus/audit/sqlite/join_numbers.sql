-- Phone calls and sessions side by side
CREATE TABLE phone_call (
    call_no INTEGER PRIMARY KEY,
    session_no INTEGER NOT NULL,
    queue TEXT,
    minutes INTEGER
);

CREATE TABLE call_note (
    id INTEGER PRIMARY KEY,
    lsid VARCHAR(10) NOT NULL,
    body TEXT
);

CREATE VIEW call_session AS
SELECT c.call_no, c.queue, c.minutes, s.duration / 60 AS session_minutes
FROM phone_call c
JOIN session s ON CAST(s.lsid AS INTEGER) = c.session_no
WHERE c.minutes > 0;

SELECT queue, sum(minutes) AS phone, sum(session_minutes) AS remote
FROM call_session
GROUP BY queue
ORDER BY phone DESC;

SELECT a.lsid, b.lsid
FROM session a
JOIN session b ON b.lseq = a.lseq + 1
WHERE a.public_site_id <> b.public_site_id;
