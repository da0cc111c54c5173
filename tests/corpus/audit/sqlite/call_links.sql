-- Phone calls and the sessions they led to
CREATE TABLE phone_call (
    call_no INTEGER PRIMARY KEY,
    lsid VARCHAR(36),
    queue TEXT,
    minutes INTEGER
);

CREATE TABLE call_rating (
    call_no INTEGER NOT NULL REFERENCES phone_call (call_no),
    lsid TEXT NOT NULL,
    lseq INTEGER NOT NULL,
    rating INTEGER CHECK (rating BETWEEN 1 AND 5),
    PRIMARY KEY (lsid, lseq, call_no)
);

CREATE VIEW call_with_session AS
SELECT c.call_no, c.queue, c.minutes, s.lsid, s.duration / 60 AS session_minutes
FROM phone_call c
JOIN session s ON s.lsid = c.lsid
WHERE c.minutes > 0;

SELECT queue, sum(minutes) AS phone, sum(session_minutes) AS remote
FROM call_with_session
GROUP BY queue
HAVING count(lsid) > 5
ORDER BY phone DESC;

SELECT v.call_no, v.lsid, avg(r.rating) AS rating
FROM call_with_session v
LEFT JOIN call_rating r ON r.lsid = v.lsid AND r.call_no = v.call_no
WHERE v.lsid IS NOT NULL
GROUP BY v.call_no, v.lsid
ORDER BY v.call_no;
