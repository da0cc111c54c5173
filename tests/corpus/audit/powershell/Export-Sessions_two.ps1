param(
    [Parameter(Mandatory)][string]$Token,
    [int]$Days = 1,
    [string]$Target = "C:\Reports\sessions.csv"
)
$ErrorActionPreference = "Stop"
$body = @{ generate_report = "SupportSession"; start_date = (Get-Date).AddDays(-$Days).ToString("yyyy-MM-dd"); duration = $Days }
[xml]$answer = Invoke-RestMethod -Uri "https://support.example.com/api/reporting" -Method Post -Body $body -Headers @{ Authorization = "Bearer $Token" }

$last = 0
if (Test-Path $Target) {
    $last = (Import-Csv $Target | ForEach-Object { [int]$_.lsid } | Measure-Object -Maximum).Maximum
}
$new = foreach ($session in $answer.session_list.session) {
    if ([int64]$session.lsid -gt $last) {
        [pscustomobject]@{
            lsid   = $session.lsid
            start  = $session.start_time.'#text'
            ticket = $session.external_key
            files  = [int]$session.file_transfer_count
        }
    }
}
$new | Sort-Object -Property lsid | Export-Csv $Target -Append -NoTypeInformation
Write-Host "$(@($new).Count) sessions"
