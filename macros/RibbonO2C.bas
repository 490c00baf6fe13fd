Attribute VB_Name = "RibbonO2C"
Option Explicit
' Written by macros/make.py from macros/ribbon.toml; change it there, then write it again.
' Every button calls O2C_Run; each O2C_* macro does the same from the list of macros (Alt+F8).

Private Const O2C_TITLE As String = "Order to Cash"

' Check: o2c sync --dry-run --book FILE
Public Sub check_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "check"
End Sub
Public Sub O2C_check()
    O2C_Run "o2c_xl.adapters.ribbon", "check"
End Sub

' Preview: o2c sync --dry-run --book FILE
Public Sub preview_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "preview"
End Sub
Public Sub O2C_preview()
    O2C_Run "o2c_xl.adapters.ribbon", "preview"
End Sub

' Undo last write: o2c undo
Public Sub undo_last_write_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "undo_last_write"
End Sub
Public Sub O2C_undo_last_write()
    O2C_Run "o2c_xl.adapters.ribbon", "undo_last_write"
End Sub

' Sync: o2c sync --book FILE
Public Sub sync_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "sync"
End Sub
Public Sub O2C_sync()
    O2C_Run "o2c_xl.adapters.ribbon", "sync"
End Sub

' Run process: o2c run
Public Sub run_process_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "run_process"
End Sub
Public Sub O2C_run_process()
    O2C_Run "o2c_xl.adapters.ribbon", "run_process"
End Sub

' Create invoices: o2c run --only invoiced --only settled
Public Sub create_invoices_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "create_invoices"
End Sub
Public Sub O2C_create_invoices()
    O2C_Run "o2c_xl.adapters.ribbon", "create_invoices"
End Sub

' Purchase proposals: o2c run --only "purchases proposed"
Public Sub purchase_proposals_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "purchase_proposals"
End Sub
Public Sub O2C_purchase_proposals()
    O2C_Run "o2c_xl.adapters.ribbon", "purchase_proposals"
End Sub

' Approve selected: o2c approve ID...
Public Sub approve_selected_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "approve_selected"
End Sub
Public Sub O2C_approve_selected()
    O2C_Run "o2c_xl.adapters.ribbon", "approve_selected"
End Sub

' Reject selected: o2c reject ID... --reason REASON
Public Sub reject_selected_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "reject_selected"
End Sub
Public Sub O2C_reject_selected()
    O2C_Run "o2c_xl.adapters.ribbon", "reject_selected"
End Sub

' Post payments: o2c run --only "bank lines" --only payments --only applied --only settled
Public Sub post_payments_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "post_payments"
End Sub
Public Sub O2C_post_payments()
    O2C_Run "o2c_xl.adapters.ribbon", "post_payments"
End Sub

' Match payments: o2c run --only applied --only guessed --only settled
Public Sub match_payments_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "match_payments"
End Sub
Public Sub O2C_match_payments()
    O2C_Run "o2c_xl.adapters.ribbon", "match_payments"
End Sub

' Aging: o2c report
Public Sub aging_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "aging"
End Sub
Public Sub O2C_aging()
    O2C_Run "o2c_xl.adapters.ribbon", "aging"
End Sub

' Report: o2c report
Public Sub report_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "report"
End Sub
Public Sub O2C_report()
    O2C_Run "o2c_xl.adapters.ribbon", "report"
End Sub

' Open log: o2c log
Public Sub open_log_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "open_log"
End Sub
Public Sub O2C_open_log()
    O2C_Run "o2c_xl.adapters.ribbon", "open_log"
End Sub

' Help: o2c docs
Public Sub help_onAction(control As Object)
    O2C_Run "o2c_xl.adapters.ribbon", "help"
End Sub
Public Sub O2C_help()
    O2C_Run "o2c_xl.adapters.ribbon", "help"
End Sub

Private Sub O2C_Run(ByVal python As String, ByVal fn As String)
    Dim refused As String
    On Error GoTo Failed
    refused = O2C_Refusal(ActiveWorkbook)
    If refused <> "" Then
        MsgBox refused, vbExclamation, O2C_TITLE
        Exit Sub
    End If
    RunPython "import " & python & "; " & python & "." & fn & "()"
    Exit Sub
Failed:
    MsgBox "Python could not be started: " & Err.Description & vbLf & _
        "Ask for: o2c add-in check", vbCritical, O2C_TITLE
End Sub

' Why no button may run on this workbook; empty where it may.
Public Function O2C_Refusal(ByVal book As Object) As String
    If book Is Nothing Then
        O2C_Refusal = "No workbook is active. Open one of the company's workbooks" & _
            " (a protected view does not count) and press the button again."
    ElseIf book.Path = "" Then
        O2C_Refusal = "This workbook was never saved. Save it in the company's folder" & _
            " and press the button again."
    ElseIf O2C_Unsafe(book.Name, "=%;^|$`""\") Or O2C_Unsafe(book.FullName, O2C_Shell(book)) Then
        O2C_Refusal = "The name or the folder of this workbook holds a sign that a command" & _
            " shell would act on, such as = % ; ^ | $ `. Save it under a plain name."
    Else
        O2C_Refusal = O2C_Sheets(book)
    End If
End Function

' Signs that the shell acts on: cmd.exe for a path of Windows, else the shell of macOS.
Private Function O2C_Shell(ByVal book As Object) As String
    O2C_Shell = ";^"
    If InStr(book.FullName, "://") = 0 Then O2C_Shell = O2C_Shell & "%"
    If Mid$(book.FullName, 2, 2) = ":\" Or Left$(book.FullName, 2) = "\\" Then Exit Function
    O2C_Shell = O2C_Shell & "|$`""\"
End Function

Private Function O2C_Unsafe(ByVal text As String, ByVal signs As String) As Boolean
    Dim i As Long
    O2C_Unsafe = InStr(text, Chr$(10)) > 0 Or InStr(text, Chr$(13)) > 0
    For i = 1 To Len(signs)
        If InStr(text, Mid$(signs, i, 1)) > 0 Then O2C_Unsafe = True
    Next i
End Function

' A sheet with settings could choose another Python; a sheet named *.py would be run as code.
Private Function O2C_Sheets(ByVal book As Object) As String
    Dim sheet As Object
    For Each sheet In book.Sheets
        If LCase$(sheet.Name) = "o2c_xl.conf" Or LCase$(Right$(sheet.Name, 3)) = ".py" Then
            O2C_Sheets = "The sheet " & sheet.Name & " could choose what runs here," & _
                " so no button works in this workbook. Delete that sheet if it is not yours."
            Exit Function
        End If
    Next sheet
End Function
