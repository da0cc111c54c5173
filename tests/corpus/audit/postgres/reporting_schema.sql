-- Copy of the session table for the reporting team
CREATE SCHEMA IF NOT EXISTS reporting;

CREATE TABLE reporting.session (
    id              serial PRIMARY KEY,
    lsid            integer NOT NULL,
    lseq            integer UNIQUE,
    type            varchar(20) NOT NULL,
    start_time      timestamptz NOT NULL,
    end_time        timestamptz,
    duration        integer NOT NULL DEFAULT 0,
    file_transfers  integer NOT NULL DEFAULT 0,
    host_name       varchar(64),
    external_key    varchar(20),
    public_site_id  integer
);

CREATE INDEX session_start_idx ON reporting.session (start_time);

CREATE TABLE reporting.session_comment (
    id        serial PRIMARY KEY,
    lsid      varchar(16) NOT NULL,
    author    varchar(30) NOT NULL,
    body      text,
    created   timestamptz NOT NULL DEFAULT now()
);

CREATE VIEW reporting.comment_count AS
SELECT c.author, count(*) AS comments
FROM reporting.session_comment c
GROUP BY c.author;
