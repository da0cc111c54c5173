CREATE TABLE [dbo].[session_note] (
    [id]        [int] IDENTITY(1,1) NOT NULL PRIMARY KEY,
    [lsid]      [varchar](20) NOT NULL,
    [author]    [varchar](20) NOT NULL,
    [note]      [nvarchar](max) NULL,
    [created]   [datetime] NOT NULL DEFAULT GETDATE()
);
GO
CREATE TABLE dbo.session_rating (
    lseq      int NOT NULL PRIMARY KEY,
    rating    tinyint NOT NULL,
    rated_by  varchar(30) NULL
);
GO
CREATE FUNCTION dbo.fn_NoteCount (@Lsid bigint) RETURNS int
AS
BEGIN
    DECLARE @n int;
    SELECT @n = COUNT(*) FROM dbo.session_note WHERE note LIKE '%' + CAST(@Lsid AS varchar(32)) + '%';
    RETURN @n;
END
GO
CREATE VIEW dbo.v_notes AS
SELECT n.author, COUNT(*) AS notes, MAX(n.created) AS last_note
FROM dbo.session_note n
GROUP BY n.author;
GO
