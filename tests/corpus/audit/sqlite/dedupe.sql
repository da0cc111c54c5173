-- Removes doubled rows after an import
DELETE FROM session
WHERE id NOT IN (
    SELECT min(id)
    FROM session
    GROUP BY lseq
);

UPDATE session
SET external_key = (
    SELECT t.external_key
    FROM ticket_import t
    WHERE t.lseq = session.lseq
)
WHERE external_key IS NULL;

SELECT count(*) AS left_over, max(start_time) AS latest
FROM session;

SELECT printf('%08d', lsid) AS number, start_time
FROM session
WHERE lsid >= (SELECT value FROM settings WHERE name = 'first_lsid')
ORDER BY start_time;
