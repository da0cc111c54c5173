# Scheduled every 15 minutes. Mails the helpdesk lead about long sessions.
$limit = New-TimeSpan -Hours 2
$smtp = @{ SmtpServer = 'mail.example.com'; From = 'reports@example.com'; To = 'lead@example.com' }

$since = [int][double]::Parse((Get-Date (Get-Date).AddMinutes(-15).ToUniversalTime() -UFormat %s))
$url = 'https://support.example.com/api/reporting?generate_report=SupportSession' +
       "&start_time=$since&duration=0"

$web = New-Object System.Net.WebClient
$doc = [xml]$web.DownloadString($url)

$nsm = New-Object System.Xml.XmlNamespaceManager $doc.NameTable
$nsm.AddNamespace('r', $doc.DocumentElement.NamespaceURI)

$found = @()
foreach ($s in $doc.SelectNodes("//*[local-name()='session']")) {
    $duration = [timespan]$s.duration
    if ($duration -gt $limit) {
        $found += "{0}  {1}  {2}" -f $s.lsid, $duration, $s.external_key
    }
}

foreach ($r in $doc.SelectNodes('//r:representative', $nsm)) {
    Write-Verbose $r.display_name
}

if ($found.Count -gt 0) {
    Send-MailMessage @smtp -Subject "$($found.Count) long sessions" -Body ($found -join "`r`n")
}
