-- Views over the saved report documents and the settings document
CREATE VIEW report_session AS
SELECT r.id AS report_id,
       (xpath('string(/*/@lsid)', part.x))[1]::text AS lsid,
       (xpath('string(/*/*[local-name()="external_key"])', part.x))[1]::text AS ticket,
       (xpath('string(/*/*[local-name()="start_time"]/@timestamp)', part.x))[1]::text::bigint AS started
FROM raw_report r
CROSS JOIN LATERAL unnest(xpath('//*[local-name()="session"]', r.doc)) AS part(x);

CREATE VIEW report_settings AS
SELECT (xpath('/settings/limit/text()', s.doc))[1]::text::integer AS row_limit,
       (xpath('/settings/mail/text()', s.doc))[1]::text AS mail_to
FROM settings_document s
WHERE s.active;

CREATE VIEW report_missing AS
SELECT v.report_id, v.lsid, to_timestamp(v.started) AS started
FROM report_session v
LEFT JOIN session s ON s.lsid = v.lsid
WHERE s.lsid IS NULL;

SELECT report_id, count(DISTINCT lsid) AS sessions
FROM report_session
GROUP BY report_id
HAVING count(DISTINCT lsid) > (SELECT row_limit FROM report_settings)
ORDER BY report_id;
