CREATE PROCEDURE dbo.usp_ReadReport @id int
AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @doc xml, @limit int;
    SELECT @doc = doc FROM dbo.raw_report WHERE id = @id;
    SELECT @limit = settings.value('(/settings/limit)[1]', 'int') FROM dbo.app_settings;

    SELECT TOP (@limit)
           s.n.value('@lsid', 'varchar(32)') AS lsid,
           s.n.value('(*:lseq)[1]', 'int') AS lseq,
           s.n.value('(*:start_time/@timestamp)[1]', 'bigint') AS started,
           s.n.value('(*:external_key)[1]', 'varchar(20)') AS ticket
    INTO #rows
    FROM @doc.nodes('/*:session_list/*:session') AS s(n);

    INSERT INTO dbo.session_copy (lsid, lseq, start_time, ticket)
    SELECT r.lsid, r.lseq, DATEADD(second, r.started, '19700101'), r.ticket
    FROM #rows r
    WHERE NOT EXISTS (SELECT 1 FROM dbo.session_copy c WHERE c.lsid = r.lsid AND c.lseq = r.lseq)
    ORDER BY r.started, r.lseq;

    SELECT COUNT(DISTINCT lsid) AS sessions, MAX(started) AS latest FROM #rows;
END
GO
