-- Monthly report of the service desk.
CREATE OR REPLACE VIEW monthly AS
SELECT date_trunc('month', start_time) AS month, count(DISTINCT lsid) AS sessions, sum(duration) / 60 AS minutes
FROM session
GROUP BY 1
ORDER BY 1;

CREATE OR REPLACE VIEW last_sessions AS
SELECT lsid, type, start_time, host_name
FROM session
ORDER BY lsid DESC
LIMIT 100;

SELECT s.lsid, t.title
FROM session s
JOIN ticket t ON t.number = s.external_key
WHERE s.start_time >= now() - interval '1 day'
ORDER BY s.start_time, s.lsid;

SELECT *
FROM session
WHERE lsid BETWEEN 400000 AND 500000
  AND duration > 600;

UPDATE billing
SET minutes = minutes + 5
WHERE session_no::text = '17' OR bomgar_lsid::integer % 2 = 0;

SELECT a.lsid
FROM session a
LEFT JOIN session b ON b.lseq = a.lseq - 1
WHERE b.lsid IS NULL;
