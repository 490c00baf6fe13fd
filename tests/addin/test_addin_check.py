"""What `o2c add-in check` says about machines of every kind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from o2c_xl.addin.conf import Interpreter, this_interpreter
from o2c_xl.addin.examine import examine_addin
from o2c_xl.addin.install import planned_install, put
from o2c_xl.addin.machine import Machine, Value
from o2c_xl.addin.xlwings_files import find_xlwings
from o2c_xl.domain.finding import Finding
from o2c_xl.domain.issue import CannotRun
from tests.addin.addin_files import built

POLICIES = r"Software\Policies\Microsoft\Office\16.0\Excel\Security"
OWN = r"Software\Microsoft\Office\16.0\Excel\Security"


def windows(home: Path, registry: dict[tuple[str, str], Value] | None = None) -> Machine:
    return Machine("win32", home, {}, lambda key, name: (registry or {}).get((key, name)))


def installed(machine: Machine) -> Machine:
    put(planned_install(built(), find_xlwings(), machine, None))
    return machine


def faults(findings: list[Finding]) -> dict[str, str]:
    return {finding.name: f"{finding.found} {finding.mend}" for finding in findings if not finding.ok}


def test_a_good_windows_machine_has_no_fault(tmp_path: Path) -> None:
    assert faults(examine_addin(installed(windows(tmp_path)))) == {}
    assert (tmp_path / "AppData/Roaming/Microsoft/Excel/XLSTART/o2c_xl.xlam").is_file()


def test_an_addin_that_was_never_installed_is_told(tmp_path: Path) -> None:
    found = faults(examine_addin(windows(tmp_path)))

    assert list(found) == ["Add-in"]
    assert "o2c add-in install" in found["Add-in"]


def test_an_addin_of_another_python_says_which(tmp_path: Path) -> None:
    machine = installed(windows(tmp_path))
    folder = machine.startup_folder()
    assert folder
    (folder / "o2c_xl.xlam").write_bytes(built(Interpreter("/gone/python")))

    found = faults(examine_addin(machine))

    assert f"built with the Python at /gone/python; here is {sys.executable}." in found["Add-in"]
    assert "/gone/python does not start." in found["Add-in"]


def test_a_file_in_its_place_that_is_no_addin_is_told(tmp_path: Path) -> None:
    machine = installed(windows(tmp_path))
    folder = machine.startup_folder()
    assert folder
    (folder / "o2c_xl.xlam").write_bytes(b"something")

    assert "is no add-in of o2c-xl" in faults(examine_addin(machine))["Add-in"]


@pytest.mark.parametrize(
    ("registry", "word"),
    [
        ({(OWN, "DisableAllAddins"): 1}, "All add-ins are disabled"),
        ({(POLICIES, "RequireAddinSig"): 1}, "signed by a trusted publisher"),
        (
            {(rf"{POLICIES}\Trusted Locations", "AllLocationsDisabled"): 1, (OWN, "VBAWarnings"): 3},
            "runs signed macros elsewhere",
        ),
        (
            {(rf"{OWN}\Trusted Locations", "AllLocationsDisabled"): 1, (POLICIES, "VBAWarnings"): 4},
            "runs no macros elsewhere",
        ),
    ],
)
def test_trust_settings_that_block_the_addin_are_told(
    tmp_path: Path, registry: dict[tuple[str, str], Value], word: str
) -> None:
    assert word in faults(examine_addin(installed(windows(tmp_path, registry))))["Trust settings"]


@pytest.mark.parametrize(
    "registry",
    [
        {(OWN, "VBAWarnings"): 4},  # the start folder is trusted
        {(OWN, "RequireAddinSig"): 1, (POLICIES, "RequireAddinSig"): 0},  # IT's word counts
        {(rf"{OWN}\Trusted Locations", "AllLocationsDisabled"): 1, (OWN, "VBAWarnings"): 2},  # Excel asks
    ],
)
def test_trust_settings_that_let_it_run_are_no_fault(tmp_path: Path, registry: dict[tuple[str, str], Value]) -> None:
    assert faults(examine_addin(installed(windows(tmp_path, registry)))) == {}


def test_a_downloaded_addin_is_told(tmp_path: Path) -> None:
    machine = installed(windows(tmp_path))
    folder = machine.startup_folder()
    assert folder
    (folder / "o2c_xl.xlam:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n", encoding="utf-8")

    assert "was downloaded" in faults(examine_addin(machine))["Mark of the Web"]


def test_advice_names_the_folder_that_was_given(tmp_path: Path) -> None:
    place = tmp_path / "our add-ins"
    place.mkdir()
    mend = f'Close Excel, then: o2c add-in install --to "{place}"'
    machine = windows(tmp_path)

    assert faults(examine_addin(machine, place)) == {"Add-in": f"{place / 'o2c_xl.xlam'} is not there. {mend}"}
    (place / "o2c_xl.xlam").write_bytes(b"something")
    assert faults(examine_addin(machine, place))["Add-in"].endswith(mend)
    (place / "o2c_xl.xlam").write_bytes(built(Interpreter("/gone/python")))
    (place / "o2c_xl.xlam:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n", encoding="utf-8")
    found = faults(examine_addin(machine, place))
    assert found["Add-in"].endswith(mend)
    assert f'Build it on this computer (o2c add-in install --to "{place}")' in found["Mark of the Web"]
    script = faults(examine_addin(Machine("darwin", tmp_path, {}), place))["Script for Excel"]
    assert script.endswith(mend)


def test_another_folder_is_trusted_only_where_excel_is_told_so(tmp_path: Path) -> None:
    machine, place = windows(tmp_path), tmp_path / "our add-ins"
    put(planned_install(built(), find_xlwings(), machine, place))

    found = {finding.name: finding.found for finding in examine_addin(machine, place)}

    assert found["Trust settings"].endswith(f"{place}, if it is one of its Trusted Locations")


def test_macos_needs_the_script_that_starts_python(tmp_path: Path) -> None:
    machine = installed(Machine("darwin", tmp_path, {}))
    scripts = machine.script_folder()
    assert scripts
    assert faults(examine_addin(machine)) == {}

    (scripts / find_xlwings().script.name).unlink()

    assert "is missing" in faults(examine_addin(machine))["Script for Excel"]


def test_a_module_that_hides_xlwings_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = tmp_path / "xlwings" / "__init__.py"
    stranger.parent.mkdir()
    stranger.touch()
    monkeypatch.delitem(sys.modules, "xlwings", raising=False)
    monkeypatch.syspath_prepend(tmp_path)

    found = faults(examine_addin(Machine("linux", tmp_path, {})))

    assert found["xlwings"].startswith(f"{stranger} is no xlwings")


def test_linux_says_what_it_cannot_see(tmp_path: Path) -> None:
    findings = examine_addin(Machine("linux", tmp_path, {}))

    assert faults(findings) == {}
    assert sum("not checkable here" in finding.found for finding in findings) == 2


def test_installing_again_writes_nothing(tmp_path: Path) -> None:
    files = planned_install(built(), find_xlwings(), windows(tmp_path), None)

    assert put(files) == list(files)
    assert put(files) == []
    assert {path.name for path in next(iter(files)).parent.iterdir()} == {"o2c_xl.xlam"}


def test_a_system_without_excel_wants_a_folder(tmp_path: Path) -> None:
    machine = Machine("linux", tmp_path, {})

    with pytest.raises(CannotRun, match="--to FOLDER"):
        planned_install(b"", find_xlwings(), machine, None)
    assert list(planned_install(b"x", find_xlwings(), machine, tmp_path)) == [tmp_path / "o2c_xl.xlam"]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(CannotRun, match="cannot be written"):
        put({tmp_path / "file" / "o2c_xl.xlam": b"x"})


# --- the interpreter -------------------------------------------------------------------------------------------


def test_conda_on_windows_is_activated_and_named_exactly(tmp_path: Path) -> None:
    environment = tmp_path / "miniconda" / "envs" / "books"
    (environment / "conda-meta").mkdir(parents=True)

    assert this_interpreter("win32", str(environment), {}) == Interpreter(
        sys.executable, str(tmp_path / "miniconda"), "books"
    )


def test_condas_own_environment_is_base(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    program = {"CONDA_EXE": str(tmp_path / "Scripts" / "conda.exe")}

    assert this_interpreter("win32", str(tmp_path), program).conda_env == "base"
    assert this_interpreter("darwin", str(tmp_path), program).conda_env == ""


@pytest.mark.parametrize(
    ("platform", "path", "bad"),
    [
        ("win32", r"C:\Program Files\R&D\python.exe", False),
        ("win32", r"C:\100%\python.exe", True),
        ("darwin", "/Users/ann/my books/bin/python", True),
        ("darwin", "/Users/ann/books/bin/python", False),
    ],
)
def test_a_python_that_excel_could_not_start_is_told(platform: str, path: str, bad: bool) -> None:
    assert bool(Interpreter(path).fault(platform)) is bad
