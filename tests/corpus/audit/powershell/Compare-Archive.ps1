param([string]$XmlPath, [string]$ArchiveRoot = 'D:\Recordings')

$ns = @{ r = 'http://www.networkstreaming.com/namespaces/API' }
$nodes = Select-Xml -Path $XmlPath -XPath '//r:session' -Namespace $ns

$table = @{}
foreach ($n in $nodes) {
    $session = $n.Node
    $table[$session.lseq] = $session
}

$missing = 0
Get-ChildItem $ArchiveRoot -Filter '*.flv' | ForEach-Object {
    if ($_.BaseName -match '^session-([0-9a-f]{32})-(\d+)$') {
        $lseq = $Matches[2]
        if (-not $table.ContainsKey($lseq)) {
            $missing++
            Write-Warning ("No session for {0} ({1:N0} KB)" -f $_.Name, ($_.Length / 1KB))
        }
    }
}

Write-Host "$missing recordings without session"
if ($missing -gt 10) { exit 2 }
