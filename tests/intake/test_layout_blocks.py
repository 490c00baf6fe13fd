"""Lists are found on a sheet as a person sees them, whatever stands around them and whatever language they speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.intake.layouts.partner_files import learn_layout
from tests.intake.layout_forms import FORMS, Form, save_form


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_lists_of_a_form_are_found(form: Form, tmp_path: Path) -> None:
    path = save_form(tmp_path / "form.xlsx", form)

    learnt = learn_layout(path)

    found = [(b["sheet"], b["header_row"], b["headers"], b["rows"]) for b in learnt.blocks]
    assert found == form.truth
