-- Sessions with tickets for the weekly meeting
CREATE TABLE ticket (
    ticket_no   integer PRIMARY KEY,
    title       varchar(80),
    opened      timestamptz,
    session_no  integer
);

CREATE VIEW ticket_session AS
SELECT t.ticket_no, t.title, s.start_time, s.duration
FROM ticket t
JOIN session s ON s.lsid::integer = t.session_no
WHERE s.type = 'support';

-- minutes per ticket, only the large ones
SELECT ts.ticket_no,
       ts.title,
       sum(ts.duration) / 60 AS minutes
FROM ticket_session ts
GROUP BY ts.ticket_no, ts.title
HAVING sum(ts.duration) > 600
ORDER BY minutes DESC;

SELECT s.external_key, s.duration,
       rank() OVER (PARTITION BY s.external_key ORDER BY s.lsid) AS visit
FROM session s
WHERE s.lsid BETWEEN '900000' AND '950000';
