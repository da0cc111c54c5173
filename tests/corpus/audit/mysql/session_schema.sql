-- Reporting database of the service desk
CREATE DATABASE IF NOT EXISTS bomgar DEFAULT CHARACTER SET utf8mb4;
USE bomgar;

CREATE TABLE `session` (
    `id`              INT UNSIGNED NOT NULL AUTO_INCREMENT,
    `lsid`            INT UNSIGNED NOT NULL,
    `lseq`            INT DEFAULT NULL,
    `type`            VARCHAR(20) NOT NULL,
    `start_time`      DATETIME NOT NULL,
    `end_time`        DATETIME DEFAULT NULL,
    `duration`        INT NOT NULL DEFAULT 0,
    `external_key`    VARCHAR(20) DEFAULT NULL,
    `public_site_id`  INT DEFAULT NULL,
    PRIMARY KEY (`id`),
    UNIQUE KEY `uq_lseq` (`lseq`),
    KEY `ix_start` (`start_time`)
) ENGINE=InnoDB;

CREATE TABLE `session_file` (
    `id`        INT UNSIGNED NOT NULL AUTO_INCREMENT,
    `lsid`      CHAR(12) NOT NULL,
    `file_name` VARCHAR(200) NOT NULL,
    `bytes`     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (`id`),
    KEY `ix_name` (`file_name`)
) ENGINE=InnoDB;
