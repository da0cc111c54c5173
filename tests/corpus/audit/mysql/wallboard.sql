-- Wallboard procedures, second floor
DELIMITER //

CREATE PROCEDURE wallboard(IN p_rows INT, IN p_site INT)
BEGIN
    SELECT s.lsid, s.lseq, s.start_time, s.external_key
    FROM session s
    WHERE s.public_site_id = p_site
    ORDER BY s.start_time DESC, s.lseq DESC, s.lsid
    LIMIT p_rows;
END //

CREATE PROCEDURE wallboard_session(IN p_lsid VARCHAR(32))
BEGIN
    DECLARE v_start DATETIME;
    DECLARE v_lsid VARCHAR(32);
    -- CAST(lsid AS SIGNED) is no longer done here
    SELECT s.lsid, s.start_time INTO v_lsid, v_start
    FROM session s
    WHERE s.lsid = p_lsid
    LIMIT 1;
    IF v_lsid IS NULL THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such session';
    END IF;
    SELECT v_lsid AS lsid, TIMESTAMPDIFF(MINUTE, v_start, NOW()) AS minutes_ago;
END //

CREATE FUNCTION ticket_number(p_key VARCHAR(20)) RETURNS INT DETERMINISTIC
BEGIN
    RETURN CAST(SUBSTRING(p_key, 8) AS UNSIGNED);
END //

DELIMITER ;

SELECT COUNT(lsid) AS sessions, MAX(start_time) AS latest
FROM session
HAVING COUNT(lsid) > 5;
