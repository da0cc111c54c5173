-- Loads new sessions into the warehouse; called every ten minutes
CREATE OR REPLACE FUNCTION dw.load_sessions() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_last   text;
    v_lsid   bigint;
    v_rows   integer := 0;
    r        record;
BEGIN
    SELECT coalesce(max(f.lsid), '')
      INTO v_last
      FROM dw.fact_session f;

    FOR r IN
        SELECT s.lsid, s.start_time, s.duration, s.external_key
          FROM public.session s
         WHERE s.lsid > v_last
           AND s.end_time IS NOT NULL
         ORDER BY s.start_time
    LOOP
        v_lsid := r.lsid::bigint;
        INSERT INTO dw.fact_session (session_no, start_time, minutes, ticket)
        VALUES (v_lsid, r.start_time, r.duration / 60, r.external_key);
        v_rows := v_rows + 1;
    END LOOP;

    INSERT INTO dw.load_log (loaded_at, row_count) VALUES (now(), v_rows);
    RETURN v_rows;
END;
$$;
