-- Exit surveys, one line for each answer
CREATE TABLE survey_answer (
    id          bigserial PRIMARY KEY,
    lsid        varchar(32) NOT NULL,
    lseq        integer,
    question_no integer NOT NULL,
    answer      varchar(10),
    taken_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT survey_answer_uq UNIQUE (lsid, lseq, question_no),
    CONSTRAINT survey_answer_len CHECK (length(lsid) = 32)
);

CREATE INDEX survey_answer_taken ON survey_answer (taken_at, lsid);

COMMENT ON COLUMN survey_answer.lsid IS 'was lsid integer until 10.5';

CREATE OR REPLACE VIEW survey_busy AS
SELECT lsid, count(lsid) AS answers, max(taken_at) AS last_answer
FROM survey_answer
GROUP BY lsid
HAVING count(lsid) > 5;

CREATE OR REPLACE FUNCTION answers_of(p_lsid varchar(32))
RETURNS TABLE (question_no integer, answer varchar)
LANGUAGE sql STABLE AS $$
    SELECT a.question_no, a.answer
    FROM survey_answer a
    WHERE a.lsid = p_lsid
    ORDER BY a.question_no;
$$;

SELECT s.lsid, CAST(a.answer AS integer) AS score
FROM session s
JOIN survey_answer a ON a.lsid = s.lsid AND a.lseq = s.lseq
WHERE a.question_no = 1
ORDER BY s.start_time, s.lsid;
