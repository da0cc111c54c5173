-- Ticket links kept by the session id
CREATE TABLE ticket_session (
    ticket_no INT NOT NULL,
    lsid      VARCHAR(64) NOT NULL,
    lseq      INT NOT NULL DEFAULT 0,
    added     DATETIME NOT NULL,
    PRIMARY KEY (ticket_no, lsid, lseq)
);

CREATE OR REPLACE VIEW v_ticket_session AS
SELECT t.ticket_no, s.lsid, s.start_time, s.duration
FROM ticket_session t
JOIN session s ON s.lsid = t.lsid AND s.lseq = t.lseq;

DELIMITER //
CREATE TRIGGER session_after_insert AFTER INSERT ON session
FOR EACH ROW
BEGIN
    DECLARE v_ticket INT DEFAULT 0;
    IF NEW.external_key LIKE 'TICKET-%' THEN
        SET v_ticket = CAST(SUBSTRING(NEW.external_key, 8) AS UNSIGNED);
    END IF;
    IF v_ticket > 0 THEN
        INSERT IGNORE INTO ticket_session (ticket_no, lsid, lseq, added)
        VALUES (v_ticket, NEW.lsid, COALESCE(NEW.lseq, 0), NOW());
    END IF;
END //
DELIMITER ;

SELECT ticket_no, COUNT(lsid) AS visits, CONCAT('int ', 'lsid') AS note
FROM ticket_session
GROUP BY ticket_no
HAVING COUNT(lsid) > 5
ORDER BY ticket_no;
