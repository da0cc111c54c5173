DECLARE @from datetime = DATEADD(month, -1, GETDATE());
DECLARE @sql nvarchar(max), @lsid nvarchar(64) = N'c69a8e10bea9428f816cfababe9815fe';

SELECT TOP 50 s.lsid, s.lseq, s.start_time, s.external_key
FROM dbo.session s
WHERE s.start_time > @from
ORDER BY s.start_time DESC, s.[lsid];

SELECT s.public_site_id % 10 AS queue, COUNT(s.lsid) AS n, CONVERT(int, AVG(s.duration * 1.0)) AS mean
FROM dbo.session s
WHERE s.start_time > @from
GROUP BY s.public_site_id % 10
HAVING COUNT(s.lsid) > 5;

SELECT a.author, s.external_key, COUNT(*) AS chat_lines
FROM dbo.chat_line a
INNER JOIN dbo.session s
        ON a.lsid = s.lsid
       AND a.lseq = s.lseq
GROUP BY a.author, s.external_key
ORDER BY chat_lines DESC;

SET @sql = N'SELECT start_time, duration FROM dbo.session WHERE lsid = @id';
EXEC sp_executesql @sql, N'@id nvarchar(64)', @id = @lsid;
-- ORDER BY lsid was dropped in favour of start_time
GO
