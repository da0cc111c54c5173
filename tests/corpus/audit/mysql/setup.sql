CREATE TABLE IF NOT EXISTS session_archive (
  id INT AUTO_INCREMENT PRIMARY KEY,
  lsid INT UNSIGNED NOT NULL,
  lseq INT,
  note TEXT,
  created DATETIME,
  UNIQUE KEY by_lseq (lseq)
) ENGINE=InnoDB;

CREATE TABLE tag (
  session_lsid CHAR(32) NOT NULL,
  name VARCHAR(40) NOT NULL,
  weight INT,
  PRIMARY KEY (session_lsid, name)
);

DELIMITER $$
CREATE PROCEDURE purge_before(IN p_lsid BIGINT, IN p_days INT)
BEGIN
  DECLARE v_count INT DEFAULT 0;
  SELECT count(*) INTO v_count FROM session_archive WHERE created < NOW() - INTERVAL p_days DAY;
  IF v_count > 0 THEN
    DELETE FROM session_archive WHERE lsid < p_lsid;
  END IF;
END$$

CREATE TRIGGER tag_check BEFORE INSERT ON tag FOR EACH ROW
BEGIN
  IF NEW.weight > 100 THEN
    SET NEW.weight = 100;
  END IF;
END$$
DELIMITER ;

SELECT session_lsid, group_concat(name ORDER BY name) FROM tag GROUP BY session_lsid HAVING count(*) > 2;
