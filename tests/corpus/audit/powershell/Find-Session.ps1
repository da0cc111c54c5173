function Find-SupportSession {
    <#
    .SYNOPSIS
        Looks up one session in the reporting database by its LSID.
    #>
    param(
        [Parameter(Mandatory = $true)]
        [ValidateLength(32, 32)]
        [string]$Lsid,
        [string]$ConnectionString = 'Server=SQL01;Database=bomgar;Integrated Security=SSPI',
        [int]$TimeoutSeconds = 30
    )

    $connection = New-Object System.Data.SqlClient.SqlConnection $ConnectionString
    try {
        $connection.Open()
        $command = $connection.CreateCommand()
        $command.CommandTimeout = $TimeoutSeconds
        $command.CommandText = 'SELECT id, lsid, lseq, type, start_time FROM session WHERE lsid = @lsid'
        $param = $command.Parameters.Add('@lsid', [System.Data.SqlDbType]::VarChar, 32)
        $param.Value = $Lsid
        $reader = $command.ExecuteReader()
        while ($reader.Read()) {
            [pscustomobject]@{
                Id    = [int]$reader['id']
                Lsid  = [string]$reader['lsid']
                Lseq  = $reader['lseq']
                Type  = $reader['type']
                Start = [datetime]$reader['start_time']
            }
        }
    }
    finally {
        $connection.Close()
    }
}

Export-ModuleMember -Function Find-SupportSession
