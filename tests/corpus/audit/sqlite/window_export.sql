-- Export by time window for the spreadsheet
.mode csv
.headers on
.output window.csv

SELECT s.lsid, s.lseq, s.start_time, s.duration
FROM session s
WHERE s.start_time BETWEEN :first AND :last
  AND s.duration > 30
ORDER BY s.start_time, s.lsid;

.output letters.csv

SELECT substr(s.lsid, 1, 1) AS letter, count(*) AS n
FROM session s
GROUP BY letter
ORDER BY n DESC;

.output last.csv

SELECT max(s.start_time) AS last_start, count(s.lsid) + 0 AS total
FROM session s
WHERE s.type = 'support'
  AND s.lsid NOT IN (SELECT lsid FROM hidden_session);

.output stdout
SELECT 'order by lsid' AS retired, s.id % 7 AS slot
FROM session s
WHERE s.lsid = 'c69a8e10bea9428f816cfababe9815fe';
