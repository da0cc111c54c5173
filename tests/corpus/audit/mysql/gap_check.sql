-- Completeness check of the session copy
SELECT a.lsid AS before_gap, a.start_time
FROM session a
LEFT JOIN session b ON b.lsid = a.lsid + 1
WHERE b.id IS NULL
  AND a.start_time > NOW() - INTERVAL 7 DAY;

SELECT public_site_name,
       MAX(duration) AS longest,
       MIN(lsid) AS first_session
FROM session
GROUP BY public_site_name;

SELECT n.lsid, n.lseq
FROM session n
LEFT JOIN session p ON p.lseq = n.lseq - 1
WHERE p.id IS NULL
  AND n.public_site_id = 3;

SELECT MOD(id, 16) AS bucket, COUNT(*) AS n
FROM session
GROUP BY MOD(id, 16);

UPDATE session
SET external_key = 'TICKET-4711'
WHERE lsid = 918273;
