# Reads the newest sessions from the reporting database and updates tickets
Import-Module SqlServer

$config = @{
    Instance = 'SQL01\REPORTS'
    Database = 'bomgar'
    State    = 'C:\ProgramData\TicketSync\state.txt'
}

function Get-LastId {
    if (Test-Path $config.State) { return [string](Get-Content $config.State -TotalCount 1) }
    return '0'
}

$last = Get-LastId
$query = @"
SELECT lsid, external_key, start_time, duration
FROM session
WHERE lsid > '$last'
  AND external_key LIKE 'TICKET-%'
ORDER BY start_time
"@

$rows = Invoke-Sqlcmd -ServerInstance $config.Instance -Database $config.Database -Query $query
foreach ($row in $rows) {
    $ticket = [int]($row.external_key -replace '^TICKET-', '')
    $lsid = [Convert]::ToInt32($row.lsid)
    $body = @{ ticket = $ticket; session = $lsid; seconds = [int]$row.duration } | ConvertTo-Json
    Invoke-RestMethod -Method Post -Uri 'https://tickets.example.com/api/worklog' -Body $body -ContentType 'application/json'
}

if ($rows) {
    $max = ($rows | Measure-Object -Property lsid -Maximum).Maximum
    Set-Content -Path $config.State -Value $max
}
