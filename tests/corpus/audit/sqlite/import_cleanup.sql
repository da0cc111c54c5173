-- Cleans up after the nightly import
BEGIN;

DELETE FROM session
WHERE id NOT IN (
    SELECT min(id)
    FROM session
    GROUP BY lsid, lseq
);

UPDATE session
SET external_key = (
    SELECT t.external_key
    FROM ticket_import t
    WHERE t.lsid = session.lsid
      AND t.lseq = session.lseq
)
WHERE external_key IS NULL;

UPDATE session
SET lsid = lower(trim(lsid))
WHERE lsid <> lower(trim(lsid));

COMMIT;

SELECT printf('%04d', public_site_id) AS site, count(lsid) AS n
FROM session
GROUP BY public_site_id
HAVING count(lsid) > 5
ORDER BY n DESC;

SELECT lsid, start_time, CAST(duration AS INTEGER) / 60 AS minutes
FROM session
WHERE start_time >= date('now', '-7 day')
ORDER BY start_time, lseq, lsid;
