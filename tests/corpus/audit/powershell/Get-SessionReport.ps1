[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Path,
    [int]$Top = 10
)

Set-StrictMode -Version 2

function Get-Session {
    param([xml]$Document)
    foreach ($s in $Document.session_list.session) {
        New-Object psobject -Property @{
            Lsid      = [string]$s.lsid
            Lseq      = [int]$s.lseq
            Started   = [int64]$s.start_time.timestamp
            Duration  = [timespan]$s.duration
            Ticket    = [string]$s.external_key
        }
    }
}

$doc = New-Object System.Xml.XmlDocument
$doc.Load((Resolve-Path $Path))

$byLsid = @{}
foreach ($item in (Get-Session $doc)) {
    $byLsid[$item.Lsid] = $item
}

$total = [timespan]::Zero
$byLsid.Values | ForEach-Object { $total += $_.Duration }

# [int]$lsid is not needed here, the id is only printed
$byLsid.Values |
    Sort-Object Started, Lseq, Lsid |
    Select-Object -First $Top |
    Format-Table Lsid, Ticket, Duration -AutoSize

Write-Output ("{0} sessions, {1:N1} hours" -f $byLsid.Count, $total.TotalHours)
