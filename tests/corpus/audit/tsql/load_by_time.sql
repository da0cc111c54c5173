USE bomgar;
GO
CREATE PROCEDURE dbo.usp_LoadByTime
    @from datetime,
    @to   datetime
AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @lsid varchar(32), @rows int;

    MERGE dbo.session_copy AS c
    USING (SELECT lsid, lseq, start_time, duration, external_key
           FROM dbo.session
           WHERE start_time >= @from AND start_time < @to) AS s
       ON c.lsid = s.lsid AND c.lseq = s.lseq
    WHEN MATCHED THEN
        UPDATE SET c.duration = s.duration
    WHEN NOT MATCHED THEN
        INSERT (lsid, lseq, start_time, duration, ticket)
        VALUES (s.lsid, s.lseq, s.start_time, s.duration, s.external_key);
    SET @rows = @@ROWCOUNT;

    SELECT TOP (1) @lsid = lsid
    FROM dbo.session_copy
    ORDER BY start_time DESC, lseq DESC, lsid;

    /* DECLARE @lsid int stood here before the update of the appliance */
    PRINT 'last session ' + @lsid + ', rows ' + CAST(@rows AS varchar(10));
END
GO
