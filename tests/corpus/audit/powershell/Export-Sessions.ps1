<#
.SYNOPSIS
    Exports yesterday's support sessions to CSV.
#>
param(
    [string]$Server = 'support.example.com',
    [int]$Days = 1,
    [string]$OutFile = 'C:\Reports\sessions.csv'
)

function Write-Log([string]$Text) {
    Add-Content -Path 'C:\Reports\export.log' -Value ("{0:s} {1}" -f (Get-Date), $Text)
}

$start = (Get-Date).Date.AddDays(-$Days).ToString('yyyy-MM-dd')
$uri = "https://$Server/api/reporting?generate_report=SupportSession&start_date=$start&duration=$($Days * 86400)"
[xml]$xml = (Invoke-WebRequest -Uri $uri -UseBasicParsing).Content

$rows = foreach ($node in $xml.SelectNodes('//session')) {
    [pscustomobject]@{
        Lsid     = [int]$node.lsid
        Type     = $node.session_type
        Start    = $node.start_time.'#text'
        Seconds  = [int]([timespan]$node.duration).TotalSeconds
        Ticket   = $node.external_key
    }
}

$rows | Sort-Object Lsid | Export-Csv -Path $OutFile -NoTypeInformation
Write-Log "$($rows.Count) rows written"
