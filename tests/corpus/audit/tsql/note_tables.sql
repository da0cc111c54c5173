CREATE TABLE [dbo].[note] (
    [id]        [int] IDENTITY(1,1) NOT NULL PRIMARY KEY,
    [lsid]      [varchar](32) NOT NULL,
    [lseq]      [int] NULL,
    [author]    [varchar](20) NOT NULL,
    [body]      [nvarchar](max) NULL,
    [created]   [datetime] NOT NULL DEFAULT GETDATE()
);
GO
CREATE UNIQUE INDEX ux_note ON dbo.note (lsid, lseq, author, created);
CREATE INDEX ix_note_lseq ON dbo.note (lseq);
GO
CREATE FUNCTION dbo.fn_CountNotes (@lsid varchar(32)) RETURNS int
AS
BEGIN
    DECLARE @n int;
    SELECT @n = COUNT(*) FROM dbo.note WHERE lsid = @lsid;
    RETURN @n;
END
GO
CREATE TRIGGER dbo.tr_note_check ON dbo.note AFTER INSERT
AS
BEGIN
    IF EXISTS (SELECT 1 FROM inserted WHERE LEN(lsid) <> 32)
    BEGIN
        RAISERROR('lsid int values are not accepted', 16, 1);
        ROLLBACK TRANSACTION;
    END
END
GO
SELECT CAST(id AS varchar(10)) + ': ' + lsid AS label, created
FROM dbo.note
ORDER BY created, lsid;
GO
