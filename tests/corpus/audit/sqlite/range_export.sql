-- Export in portions for the spreadsheet
.mode csv
.headers on
.output portion.csv

SELECT s.lsid, s.start_time, s.duration
FROM session s
WHERE s.lsid BETWEEN :first AND :last
  AND s.duration > 30
ORDER BY s.start_time;

.output buckets.csv

SELECT s.lsid / 10000 AS bucket, count(*) AS n
FROM session s
GROUP BY bucket
ORDER BY bucket;

.output next.csv

SELECT max(s.lsid) AS last_one, count(*) AS total
FROM session s
WHERE s.type = 'support';

.output stdout
