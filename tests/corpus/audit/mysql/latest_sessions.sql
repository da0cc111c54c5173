-- Procedures behind the wallboard
DELIMITER //

CREATE PROCEDURE latest_sessions(IN p_rows INT)
BEGIN
    SELECT s.lsid, s.start_time, s.external_key, s.public_site_name
    FROM session s
    WHERE s.type = 'support'
    ORDER BY s.lsid DESC
    LIMIT p_rows;
END //

CREATE PROCEDURE note_view(IN p_lsid INT)
BEGIN
    INSERT INTO view_log (session_no, viewer, viewed_at)
    VALUES (p_lsid, CURRENT_USER(), NOW());
    UPDATE view_count SET views = views + 1 WHERE page = 'session';
END //

CREATE PROCEDURE session_by_number(IN p_seq INT)
BEGIN
    SELECT s.lsid, s.start_time, s.duration
    FROM session s
    WHERE s.lseq = p_seq
    LIMIT 1;
END //

CREATE FUNCTION minutes_of(p_seconds INT) RETURNS INT DETERMINISTIC
BEGIN
    RETURN p_seconds DIV 60;
END //

DELIMITER ;
