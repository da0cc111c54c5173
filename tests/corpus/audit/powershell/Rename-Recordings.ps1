param(
    [string]$Folder = '\\files\recordings',
    [switch]$WhatIfOnly
)

$xmlFiles = Get-ChildItem $Folder -Filter *.xml
foreach ($file in $xmlFiles) {
    $info = [xml](Get-Content $file.FullName -Raw)
    $key = Select-Xml -Xml $info -XPath '/session_list/session/external_key'
    $s = $info.session_list.session | Select-Object -First 1
    [long]$lsid = $s.lsid
    $number = '{0:D8}' -f $lsid
    $part = $lsid % 100
    $target = Join-Path $Folder ('{0:00}' -f $part)
    if (-not (Test-Path $target)) { New-Item -ItemType Directory -Path $target | Out-Null }
    $name = '{0}_{1}.flv' -f $number, $key.Node.InnerText
    if ($WhatIfOnly) {
        Write-Host "would move $($file.BaseName).flv to $name"
    }
    else {
        Move-Item (Join-Path $Folder "$($file.BaseName).flv") (Join-Path $target $name)
    }
}
