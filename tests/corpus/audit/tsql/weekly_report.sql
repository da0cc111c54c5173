-- Weekly report of the desk
DECLARE @from datetime = DATEADD(day, -7, GETDATE());

SELECT TOP 50 s.lsid, s.start_time, s.external_key
FROM dbo.session s
WHERE s.start_time > @from
ORDER BY s.[lsid] DESC;

SELECT CONVERT(int, s.lsid) % 10 AS queue, COUNT(*) AS n
FROM dbo.session s
WHERE s.start_time > @from
GROUP BY s.public_site_id, CONVERT(int, s.lsid) % 10;

SELECT a.author, s.external_key, COUNT(*) AS chat_lines
FROM dbo.chat_line a
INNER JOIN dbo.session s
        ON a.lseq = s.lseq
GROUP BY a.author, s.external_key
ORDER BY chat_lines DESC;
GO
