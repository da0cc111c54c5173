-- Warehouse load by time window
CREATE OR REPLACE FUNCTION dw.load_window(p_from timestamptz, p_to timestamptz)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_lsid  session.lsid%TYPE;
    v_rows  integer;
    v_last  timestamptz;
BEGIN
    INSERT INTO dw.fact_session (lsid, lseq, start_time, minutes, site_no)
    SELECT s.lsid,
           s.lseq,
           s.start_time,
           CAST(s.duration AS integer) / 60,
           s.public_site_id
      FROM session s
     WHERE s.start_time >= p_from
       AND s.start_time < p_to
       AND NOT EXISTS (SELECT 1 FROM dw.fact_session f WHERE f.lsid = s.lsid);
    GET DIAGNOSTICS v_rows = ROW_COUNT;

    SELECT s.lsid, s.start_time
      INTO v_lsid, v_last
      FROM session s
     WHERE s.start_time < p_to
     ORDER BY s.start_time DESC, s.lseq DESC, s.lsid
     LIMIT 1;

    RAISE NOTICE 'last session % at %', v_lsid, v_last;
    UPDATE dw.state SET loaded_to = v_last, runs = runs + 1 WHERE id = 1;
    RETURN v_rows;
END;
$$;
