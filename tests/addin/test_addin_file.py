"""The .xlam file: what two independent readers find in it, and that it is the same every time."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from zipfile import ZipFile

import olefile
import pytest
from pyopenvba import ExcelFile, check_file
from python_calamine import CalamineWorkbook

from o2c_xl.addin.conf import Interpreter, conf_rows
from o2c_xl.addin.obfuscation import reveal
from o2c_xl.addin.package import read_conf
from o2c_xl.addin.project import PROJECT_ID
from o2c_xl.addin.ribbon import load_ribbon
from o2c_xl.addin.tab_xml import tab_xml
from o2c_xl.addin.xlwings_files import Xlwings, find_xlwings
from o2c_xl.domain.issue import CannotRun
from tests.addin.addin_files import INTERPRETER, built, olevba, sources

MODULES = {"ThisWorkbook", "Sheet1", "RibbonO2C", "xlwings", "Dictionary"}


@pytest.fixture(scope="module")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("addin") / "o2c_xl.xlam"
    path.write_bytes(built())
    return path


@pytest.fixture(scope="module")
def project(addin: Path) -> olefile.OleFileIO:
    data = part(addin, "xl/vbaProject.bin")
    return olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_POTENTIAL)


def part(addin: Path, name: str) -> bytes:
    with ZipFile(addin) as archive:
        return archive.read(name)


def test_the_same_input_gives_the_same_bytes(addin: Path) -> None:
    program = "import sys; from tests.addin.addin_files import built; sys.stdout.buffer.write(built())"
    root = Path(__file__).resolve().parents[2]
    again = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True)

    assert again.stdout == built() == addin.read_bytes()


def test_olevba_reads_every_module_as_it_was_written(addin: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser = olevba().VBA_Parser(str(addin))
        read = {stream.rpartition("/")[2]: code for _, stream, _, code in parser.extract_macros()}
        parser.close()

    assert read == sources()
    assert set(read) == MODULES


def test_pyopenvba_reads_every_module_as_it_was_written(addin: Path) -> None:
    with ExcelFile(addin) as file:
        read = file.vba_modules()
        references = [reference.name for reference in file.vba_project().references]

    assert read == sources()
    assert references == ["stdole", "Office"]


def test_pyopenvba_finds_nothing_wrong_with_the_file(addin: Path) -> None:
    report = check_file(addin)

    assert (report.ok, report.complete, report.issues) == (True, True, ())


def test_olefile_finds_no_defect_and_the_known_streams(project: olefile.OleFileIO) -> None:
    streams = {"/".join(path) for path in project.listdir()}

    assert project.parsing_issues == []
    assert streams == {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT", *(f"VBA/{name}" for name in MODULES)}


def test_the_project_holds_source_only(project: olefile.OleFileIO) -> None:
    directory = bytes(olevba().decompress_stream(bytearray(project.openstream("VBA/dir").read())))
    offset = struct.pack("<HI", 0x31, 4)

    assert project.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("cc61ffff000100")
    assert directory.count(offset + bytes(4)) == directory.count(offset) == len(MODULES)


def test_the_project_is_protected_from_nobody_and_visible(project: olefile.OleFileIO) -> None:
    lines = project.openstream("PROJECT").read().decode("cp1252").split("\r\n")
    told = {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}

    assert told["ID"] == PROJECT_ID
    assert [reveal(told[name], PROJECT_ID) for name in ("CMG", "DPB", "GC")] == [bytes(4), b"\0", b"\xff"]
    assert lines[1:6] == [
        "Document=ThisWorkbook/&H00000000", "Document=Sheet1/&H00000000", "Module=RibbonO2C", "Module=xlwings",
        "Class=Dictionary",
    ]  # fmt: skip


def test_content_types_and_relationships_name_every_part(addin: Path) -> None:
    with ZipFile(addin) as archive:
        names = set(archive.namelist())
        types = ET.fromstring(archive.read("[Content_Types].xml"))
        root = ET.fromstring(archive.read("_rels/.rels"))
        book = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    kinds = {node.attrib["PartName"]: node.attrib["ContentType"] for node in types if "PartName" in node.attrib}
    targets = {node.attrib["Target"]: node.attrib["Type"] for node in root}

    assert {name.lstrip("/") for name in kinds} <= names
    assert kinds["/xl/workbook.xml"] == "application/vnd.ms-excel.addin.macroEnabled.main+xml"
    assert kinds["/xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"
    assert set(targets) | {f"xl/{node.attrib['Target']}" for node in book} <= names
    assert targets["customUI/customUI14.xml"].endswith("/2007/relationships/ui/extensibility")
    assert part(addin, "customUI/customUI14.xml").decode() == tab_xml(load_ribbon())


def test_code_names_are_the_document_modules(addin: Path) -> None:
    assert b'<workbookPr codeName="ThisWorkbook"/>' in part(addin, "xl/workbook.xml")
    assert b'<sheetPr codeName="Sheet1"/>' in part(addin, "xl/worksheets/sheet1.xml")


# --- what RunPython is told ------------------------------------------------------------------------------------


def test_the_settings_sheet_names_this_interpreter_and_another_reader_sees_text(addin: Path) -> None:
    sheet = CalamineWorkbook.from_path(addin).get_sheet_by_name("o2c_xl.conf")
    rows = {str(name): value for name, value in sheet.to_python()}

    assert rows == read_conf(addin) == dict(conf_rows(INTERPRETER, find_xlwings()))
    assert rows["INTERPRETER_WIN"] == rows["INTERPRETER_MAC"] == rows["INTERPRETER"] == sys.executable
    assert rows["ADD_WORKBOOK_TO_PYTHONPATH"] == "False"
    assert (rows["PYTHONPATH"], rows["CONDA PATH"], rows["CONDA ENV"], rows["USE UDF SERVER"]) == ("", "", "", "False")


def test_no_setting_of_runpython_is_left_to_a_file_beside_the_workbook() -> None:
    rows = dict(conf_rows(INTERPRETER, find_xlwings()))

    assert find_xlwings().settings() <= rows.keys()
    assert len(find_xlwings().settings()) > 10


def test_an_xlwings_with_a_setting_we_do_not_know_is_refused(tmp_path: Path) -> None:
    xlwings = find_xlwings()
    source = (xlwings.folder / "xlwings_custom_addin.bas").read_bytes()
    (tmp_path / "xlwings_custom_addin.bas").write_bytes(source.replace(b'"TEMP DIR"', b'"PRELOAD"'))

    with pytest.raises(CannotRun, match="PRELOAD"):
        conf_rows(INTERPRETER, Xlwings(tmp_path, xlwings.version))


def test_runpython_is_xlwings_own_but_for_the_name_of_its_settings() -> None:
    xlwings = find_xlwings()
    theirs = (xlwings.folder / "xlwings_custom_addin.bas").read_bytes().decode("cp1252").split("\r\n")
    ours = sources()["xlwings"].split("\r\n")

    assert [(a, b) for a, b in zip(theirs, ours, strict=True) if a != b] == [
        ('Public Const PROJECT_NAME As String = "myaddin"', 'Public Const PROJECT_NAME As String = "o2c_xl"')
    ]
    assert f'Public Const XLWINGS_VERSION As String = "{xlwings.version}"' in ours
    assert ours[0] == 'Attribute VB_Name = "xlwings"'


def test_the_dictionary_class_begins_as_in_the_addins_that_xlwings_ships() -> None:
    assert sources()["Dictionary"].split("\r\n")[:8] == [
        'Attribute VB_Name = "Dictionary"',
        'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = False",
        "Attribute VB_Exposed = True",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = False",
    ]


def test_another_interpreter_gives_another_file() -> None:
    assert built(Interpreter("/opt/a & b/python")) != built()


def test_building_imports_neither_xlwings_nor_the_ledger() -> None:
    program = (
        "import sys; from tests.addin.addin_files import built; built();"
        "print([n for n in ('xlwings', 'sqlalchemy', 'openpyxl', 'pandas') if n in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_file_that_is_no_addin_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.xlam"
    path.write_bytes(b"PK")

    with pytest.raises(ValueError, match="no add-in"):
        read_conf(path)
