-- Links between tickets and sessions
CREATE TABLE ticket_link (
    ticket_no  INT NOT NULL,
    session_no INT NOT NULL,
    added      DATETIME NOT NULL,
    PRIMARY KEY (ticket_no, session_no)
);

CREATE OR REPLACE VIEW v_ticket_link AS
SELECT t.ticket_no, s.start_time, s.duration
FROM ticket_link t
JOIN session s ON s.lsid = t.session_no
WHERE s.duration > 0;

INSERT INTO ticket_link (ticket_no, session_no, added)
SELECT CAST(SUBSTRING(s.external_key, 8) AS UNSIGNED),
       CAST(s.lsid AS UNSIGNED),
       NOW()
FROM session s
WHERE s.external_key LIKE 'TICKET-%'
  AND s.start_time > NOW() - INTERVAL 1 DAY;

SELECT CAST(s.lsid AS CHAR(8)) AS label, s.start_time
FROM session s
ORDER BY s.start_time DESC
LIMIT 20;
