-- Shreds report answers from dbo.raw_report
CREATE PROCEDURE dbo.usp_ShredReport @id int
AS
BEGIN
    DECLARE @doc xml;
    SELECT @doc = doc FROM dbo.raw_report WHERE id = @id;

    SELECT s.n.value('@lsid', 'int') AS session_no,
           s.n.value('count(*)', 'int') AS children
    FROM @doc.nodes('/session_list/session') AS s(n);
END
GO
CREATE PROCEDURE dbo.usp_ShredTickets @id int
AS
BEGIN
    DECLARE @doc xml;
    SELECT @doc = doc FROM dbo.raw_report WHERE id = @id;

    WITH XMLNAMESPACES (DEFAULT 'https://www.beyondtrust.com/namespaces/API/reporting')
    SELECT s.n.value('@lsid', 'varchar(32)') AS lsid,
           s.n.value('(external_key)[1]', 'varchar(20)') AS ticket
    FROM @doc.nodes('/session_list/session') AS s(n);
END
GO
