USE bomgar;
GO
CREATE PROCEDURE dbo.usp_LoadNewSessions
    @batch int = 500
AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @last int, @rows int = 0;
    SELECT @last = MAX(CAST(c.lsid AS int)) FROM dbo.session_copy c;

    INSERT INTO dbo.session_copy (lsid, lseq, start_time, duration, ticket)
    SELECT TOP (@batch) s.lsid, s.lseq, s.start_time, s.duration, s.external_key
    FROM dbo.session s
    WHERE CAST(s.lsid AS int) > @last
    ORDER BY s.start_time;
    SET @rows = @@ROWCOUNT;

    INSERT INTO dbo.load_log (loaded_at, row_count)
    VALUES (GETDATE(), @rows);
END
GO
GRANT EXECUTE ON dbo.usp_LoadNewSessions TO report_loader;
GO
