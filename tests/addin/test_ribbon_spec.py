"""The spec of the tab, and what is written from it."""

from __future__ import annotations

import ast
import importlib.util
import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import ValidationError

from o2c_xl.adapters.cli import app
from o2c_xl.addin.ribbon import load_ribbon, macros_folder, ribbon_from
from o2c_xl.addin.tab_xml import NAMESPACE, tab_xml
from o2c_xl.addin.vba import ribbon_module
from o2c_xl.company.stages import STAGES

ROOT = Path(__file__).resolve().parents[2]
LABELS = (
    "Check|Preview|Sync|Run process|Approve selected|Reject selected|Post payments|Match payments|Aging|"
    "Create invoices|Purchase proposals|Report|Undo last write|Open log|Help"
).split("|")
BUTTONS = list(load_ribbon().buttons)
VBA = ribbon_module(load_ribbon())


def maker() -> Any:
    spec = importlib.util.spec_from_file_location("macros_make", macros_folder() / "make.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_files_are_those_the_spec_gives() -> None:
    differing = [path.name for path, data in maker().made().items() if path.read_bytes() != data]

    assert differing == [], "write them again with: python macros/make.py"


def test_the_tab_has_every_button() -> None:
    assert sorted(button.label for button in BUTTONS) == sorted(LABELS)


def test_every_callback_of_the_xml_is_a_public_sub_with_a_control() -> None:
    controls = ET.fromstring(tab_xml(load_ribbon())).iter(f"{{{NAMESPACE}}}button")
    callbacks = [control.attrib["onAction"] for control in controls]

    assert len(callbacks) == len(BUTTONS)
    for callback in callbacks:
        module, _, name = callback.partition(".")
        assert module == "RibbonO2C"
        assert f"\r\nPublic Sub {name}(control As Object)\r\n" in VBA


def test_every_id_of_the_xml_stands_once_and_tells_its_button() -> None:
    ids = [node.attrib["id"] for node in ET.fromstring(tab_xml(load_ribbon())).iter() if "id" in node.attrib]

    assert len(set(ids)) == len(ids)
    for button in BUTTONS:
        assert [one for one in ids if one.endswith(f"_{button.id}")] == [button.control]


def test_every_button_has_a_macro_for_the_list_of_macros() -> None:
    for button in BUTTONS:
        call = f'O2C_Run "o2c_xl.adapters.ribbon", "{button.function}"\r\nEnd Sub'
        assert f"Public Sub O2C_{button.function}()\r\n    {call}" in VBA
        assert f"Public Sub {button.id}_onAction(control As Object)\r\n    {call}" in VBA


def test_the_vba_is_what_every_editor_can_hold() -> None:
    lines = VBA.split("\r\n")

    assert VBA.isascii()
    assert VBA.count("\n") == VBA.count("\r\n")
    assert max(map(len, lines)) < 100
    assert lines[:2] == ['Attribute VB_Name = "RibbonO2C"', "Option Explicit"]
    assert [line for line in lines if line.startswith("Private Sub")] == [
        "Private Sub O2C_Run(ByVal python As String, ByVal fn As String)"
    ]


def test_every_python_function_exists() -> None:
    path = ROOT / "o2c_xl" / "adapters" / "ribbon.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node.args for node in tree.body if isinstance(node, ast.FunctionDef)}

    for button in BUTTONS:
        assert button.function in functions
        required = functions[button.function]
        assert len(required.args) == len(required.defaults), button.function


def test_every_twin_is_a_command_with_those_options() -> None:
    commands: Any = typer.main.get_command(app)
    for button in BUTTONS:
        program, command, *words = shlex.split(button.twin)
        options = {name for param in commands.commands[command].params for name in param.opts}

        assert program == "o2c"
        assert {word for word in words if word.startswith("-")} <= options, button.twin


def test_a_button_and_its_twin_let_the_same_stages_work() -> None:
    tree = ast.parse((ROOT / "o2c_xl" / "adapters" / "ribbon.py").read_text(encoding="utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "_stages")
    worked = {ast.literal_eval(call.args[0]): ast.literal_eval(call.args[1]) for call in calls}

    twins = {b.id: tuple(re.findall(r'--only ("[^"]+"|\S+)', b.twin)) for b in BUTTONS if "--only" in b.twin}

    assert {name: tuple(stage.strip('"') for stage in stages) for name, stages in twins.items()} == worked
    assert {stage for stages in worked.values() for stage in stages} <= {stage.name for stage in STAGES}


def changed(**values: object) -> str:
    text = (macros_folder() / "ribbon.toml").read_text(encoding="utf-8")
    for name, value in values.items():
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
    return text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("python", '"os.system"'),
        ("python", '"o2c_xl.adapters.ribbon.check(1)"'),
        ("twin", '"rm -rf"'),
        ("tip", '"Größe"'),
        ("size", '"huge"'),
        ("writes", '"yes"'),
        ("icon", '"check.png"'),
        ("id", '"the_same"'),
    ],
)
def test_a_wrong_spec_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        ribbon_from(changed(**{name: value}))


def test_a_name_that_is_not_in_the_spec_is_refused() -> None:
    text = f"colour = 1\n{changed()}"
    assert tomllib.loads(text)["colour"] == 1

    with pytest.raises(ValidationError, match="colour"):
        ribbon_from(text)
