USE Warehouse;
GO
CREATE TABLE dbo.FactSession (
    SessionKey INT IDENTITY(1,1) PRIMARY KEY,
    Lsid VARCHAR(32) NOT NULL,
    Lseq INT NULL,
    Minutes INT NOT NULL
);
GO
CREATE PROCEDURE dbo.LoadSessions @FromLsid INT = 0
AS
BEGIN
    SET NOCOUNT ON;
    INSERT INTO dbo.FactSession (Lsid, Lseq, Minutes)
    SELECT s.lsid, s.lseq, s.duration / 60
    FROM icdb.dbo.session s
    WHERE s.lsid > @FromLsid;

    MERGE dbo.FactSession AS target
    USING icdb.dbo.session AS source
    ON target.Lseq = source.lseq
    WHEN MATCHED THEN UPDATE SET Minutes = source.duration / 60;
END
GO
CREATE VIEW dbo.SessionsByTicket AS
SELECT external_key, COUNT(lsid) AS Sessions, MAX(start_time) AS Latest
FROM icdb.dbo.session
WHERE external_key IS NOT NULL AND LEN(lsid) > 0
GROUP BY external_key;
GO
CREATE VIEW dbo.OldNumbers AS
SELECT CONVERT(INT, lsid) AS number, RIGHT('0000' + CAST(duration AS VARCHAR(4)), 4) AS padded
FROM icdb.dbo.session
WHERE ISNUMERIC(lsid) = 1;
GO
