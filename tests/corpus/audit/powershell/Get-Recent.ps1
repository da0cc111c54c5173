# The last sessions of a technician, for the morning meeting.
function Get-RecentSession {
    param([string]$Technician, [int]$Count = 25, [string]$Lsid)
    $xml = [xml](Get-Content "D:\answers\today.xml" -Raw)
    $space = $xml.DocumentElement.NamespaceURI
    $names = New-Object System.Xml.XmlNamespaceManager $xml.NameTable
    $names.AddNamespace("b", $space)
    $sessions = $xml.SelectNodes("//b:session", $names)
    if ($Lsid) { $sessions = $sessions | Where-Object { $_.lsid -eq $Lsid } }
    $sessions |
        Where-Object { $_.rep_list.representative.username -contains $Technician } |
        Sort-Object { [datetime]$_.start_time.'#text' }, lsid |
        Select-Object -Last $Count
}

function Get-SessionTicket {
    param([xml]$Answer)
    $table = @{}
    foreach ($node in $Answer.SelectNodes("/session_list/session")) {
        $table[$node.lseq] = $node.external_key
    }
    return $table
}
