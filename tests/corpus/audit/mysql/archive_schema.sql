-- Archive tables; sessions older than two years are moved here
CREATE TABLE `session_archive` (
    `id`           INT UNSIGNED NOT NULL AUTO_INCREMENT,
    `lsid`         VARCHAR(32) NOT NULL COMMENT 'int lsid up to 10.5',
    `lseq`         INT DEFAULT NULL,
    `start_time`   DATETIME NOT NULL,
    `duration`     INT NOT NULL DEFAULT 0,
    `external_key` VARCHAR(20) DEFAULT NULL,
    PRIMARY KEY (`id`),
    UNIQUE KEY `uq_session` (`lsid`, `lseq`),
    KEY `ix_lseq` (`lseq`),
    KEY `ix_start` (`start_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

CREATE TABLE `recording` (
    `lsid`   CHAR(32) NOT NULL,
    `part`   INT NOT NULL,
    `bytes`  BIGINT NOT NULL,
    `folder` VARCHAR(10) NOT NULL,
    PRIMARY KEY (`lsid`, `part`)
) ENGINE=InnoDB;

INSERT INTO session_archive (lsid, lseq, start_time, duration, external_key)
SELECT s.lsid, s.lseq, s.start_time, s.duration, s.external_key
FROM session s
LEFT JOIN session_archive a ON a.lsid = s.lsid AND a.lseq <=> s.lseq
WHERE s.start_time < NOW() - INTERVAL 2 YEAR
  AND a.lsid IS NULL
ORDER BY s.start_time, s.lseq;

SELECT CHAR_LENGTH(lsid) AS chars, COUNT(*) AS n FROM session_archive GROUP BY CHAR_LENGTH(lsid);
