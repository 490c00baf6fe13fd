"""The VBA of the tab: one callback and one macro per button, and one private door to Python.

The VBA decides nothing. It refuses what would let a received workbook choose what runs: RunPython takes its settings
from a sheet of the active workbook first, runs code from sheets named `*.py` by other rules, and hands the workbook's
name and path to a command shell without quoting all that a shell understands.
"""

from __future__ import annotations

from collections.abc import Iterator

from o2c_xl.addin.ribbon import MODULE, Button, Ribbon

__all__ = ["CONF_SHEET", "ribbon_module"]

CONF_SHEET = "o2c_xl.conf"

_HEAD = """\
Attribute VB_Name = "{module}"
Option Explicit
' Written by macros/make.py from macros/ribbon.toml; change it there, then write it again.
' Every button calls O2C_Run; each O2C_* macro does the same from the list of macros (Alt+F8).

Private Const O2C_TITLE As String = "{title}"
"""

_DOOR = """
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
    ElseIf O2C_Unsafe(book.Name, "=%;^|$`""\\") Or O2C_Unsafe(book.FullName, O2C_Shell(book)) Then
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
    If Mid$(book.FullName, 2, 2) = ":\\" Or Left$(book.FullName, 2) = "\\\\" Then Exit Function
    O2C_Shell = O2C_Shell & "|$`""\\"
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
        If LCase$(sheet.Name) = "{conf}" Or LCase$(Right$(sheet.Name, 3)) = ".py" Then
            O2C_Sheets = "The sheet " & sheet.Name & " could choose what runs here," & _
                " so no button works in this workbook. Delete that sheet if it is not yours."
            Exit Function
        End If
    Next sheet
End Function
"""


def ribbon_module(ribbon: Ribbon) -> str:
    """The source of the module as its .bas file holds it, lines ended by CRLF as the VBA editor writes them."""
    parts = [_HEAD.format(module=MODULE, title=ribbon.label)]
    parts += [line for button in ribbon.buttons for line in _button(button)]
    parts.append(_DOOR.replace("{conf}", CONF_SHEET))
    return "".join(parts).replace("\n", "\r\n")


def _button(button: Button) -> Iterator[str]:
    module, _, function = button.python.rpartition(".")
    call = f'    O2C_Run "{module}", "{function}"\nEnd Sub\n'
    yield f"\n' {button.label}: {button.twin}\n"
    yield f"Public Sub {button.id}_onAction(control As Object)\n{call}"
    yield f"Public Sub O2C_{button.function}()\n{call}"
