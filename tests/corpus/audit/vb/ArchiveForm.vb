Imports System.Collections.Generic
Imports System.IO
Imports System.Windows.Forms

Public Class ArchiveForm
    Inherits Form

    Private Const BucketCount As Integer = 50
    Private ReadOnly rowsByNumber As New Dictionary(Of Integer, SessionRow)

    Public Structure SessionRow
        Public Lsid As Long
        Public Lseq As Integer
        Public Ticket As String
    End Structure

    Private Function FolderOf(row As SessionRow) As String
        Return Path.Combine("\\files\archive", (row.Lsid Mod BucketCount).ToString("00"))
    End Function

    Public Sub Fill(rows As IEnumerable(Of SessionRow))
        rowsByNumber.Clear()
        For Each row As SessionRow In rows
            rowsByNumber(row.Lseq) = row
        Next
        Text = rowsByNumber.Count & " sessions"
    End Sub

    Public Sub OpenFolder(lseq As Integer)
        Dim row As SessionRow = Nothing
        If rowsByNumber.TryGetValue(lseq, row) Then
            Process.Start(FolderOf(row))
        Else
            MessageBox.Show("No such row")
        End If
    End Sub

End Class
