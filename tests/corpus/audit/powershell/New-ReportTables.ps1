# Creates the tables of the local report database.
param([string]$Instance = '.\SQLEXPRESS', [string]$Database = 'supportreports')

$ddl = @'
CREATE TABLE dbo.session_copy (
    id          int IDENTITY(1,1) PRIMARY KEY,
    lsid        varchar(32) NOT NULL,
    lseq        int NULL,
    start_time  datetime NOT NULL,
    duration    int NOT NULL,
    ticket      varchar(12) NULL,
    CONSTRAINT uq_session_copy UNIQUE (lsid)
);
CREATE INDEX ix_session_copy_start ON dbo.session_copy (start_time, lseq);
'@

$view = @'
CREATE VIEW dbo.v_latest AS
SELECT TOP (100) lsid, start_time, duration
FROM dbo.session_copy
ORDER BY start_time DESC, lsid
'@

foreach ($sql in $ddl, $view) {
    try {
        Invoke-Sqlcmd -ServerInstance $Instance -Database $Database -Query $sql -ErrorAction Stop
        Write-Host 'ok'
    }
    catch {
        Write-Error $_
        exit 1
    }
}

$count = (Invoke-Sqlcmd -ServerInstance $Instance -Database $Database -Query 'SELECT COUNT(lsid) AS n FROM dbo.session_copy').n
Write-Host ("{0} sessions so far" -f [int]$count)
