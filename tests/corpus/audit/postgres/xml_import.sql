-- Unpacks report answers saved in table raw_report
CREATE TABLE IF NOT EXISTS raw_report (
    id        serial PRIMARY KEY,
    fetched   timestamptz NOT NULL DEFAULT now(),
    doc       xml NOT NULL
);

CREATE TABLE IF NOT EXISTS raw_session (
    report_id integer REFERENCES raw_report (id),
    part      xml
);

INSERT INTO raw_session (report_id, part)
SELECT r.id, unnest(xpath('/session_list/session', r.doc))
FROM raw_report r
WHERE r.fetched > now() - interval '1 day';

CREATE VIEW raw_session_type AS
SELECT s.report_id,
       (xpath('//r:session_type/text()', s.part,
              ARRAY[ARRAY['r', 'http://www.bomgar.com/namespaces/API/reporting']]))[1]::text AS type
FROM raw_session s;

CREATE VIEW raw_session_count AS
SELECT type, count(*) AS n
FROM raw_session_type
GROUP BY type
ORDER BY n DESC;
