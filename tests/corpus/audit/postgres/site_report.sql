-- Sessions of each public site in the current month
WITH month_sessions AS (
    SELECT s.lsid, s.lseq, s.start_time, s.duration, s.public_site_id, s.public_site_name
    FROM session s
    WHERE s.start_time >= date_trunc('month', now())
      AND s.lsid <> ''
), numbered AS (
    SELECT m.*,
           row_number() OVER (PARTITION BY m.public_site_id ORDER BY m.start_time, m.lsid) AS visit
    FROM month_sessions m
)
SELECT n.public_site_id,
       n.public_site_name,
       count(DISTINCT n.lsid)        AS sessions,
       max(n.start_time)             AS last_start,
       sum(n.duration) / 60          AS minutes,
       max(n.visit) % 10             AS last_digit
FROM numbered n
WHERE n.public_site_id > 0
GROUP BY n.public_site_id, n.public_site_name
HAVING count(n.lsid) > 5
ORDER BY sessions DESC, n.public_site_id;

SELECT 'int lsid' AS note, length(lsid) AS chars, count(*) AS n
FROM session
GROUP BY length(lsid);

SELECT left(lsid, 8) || '...' AS label, start_time
FROM session
WHERE lsid = 'c69a8e10bea9428f816cfababe9815fe'
ORDER BY start_time;
