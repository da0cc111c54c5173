-- Load by hour and by representative
SELECT HOUR(s.start_time) AS hour_of_day,
       COUNT(DISTINCT s.lsid) AS sessions,
       ROUND(AVG(s.duration) / 60, 1) AS mean_minutes
FROM session s
WHERE s.start_time BETWEEN '2024-01-01' AND '2024-03-31'
GROUP BY HOUR(s.start_time)
ORDER BY hour_of_day;

SELECT r.username, COUNT(*) AS n, MAX(s.end_time) AS last_seen
FROM rep r
JOIN session_rep sr ON sr.rep_id = r.id
JOIN session s ON s.lsid = sr.lsid AND s.lseq = sr.lseq
WHERE sr.lsid IN (
        'c69a8e10bea9428f816cfababe9815fe',
        '0d3f5be27a1c4c0d9b1e6f7788990011')
   OR s.duration > 3600
GROUP BY r.username
ORDER BY n DESC, r.username;

SELECT s.lsid, s.start_time, COUNT(f.id) + 1 AS files
FROM session s
JOIN session_file f ON f.lsid = s.lsid
WHERE LENGTH(s.lsid) = 32
GROUP BY s.lsid, s.start_time
HAVING COUNT(f.id) > 3
ORDER BY s.start_time, s.lsid;

-- old note: WHERE lsid = 918273 was the test session
SELECT CAST(SUBSTRING(external_key, 8) AS UNSIGNED) AS ticket_no, lsid
FROM session
WHERE external_key LIKE 'TICKET-%'
ORDER BY ticket_no;
