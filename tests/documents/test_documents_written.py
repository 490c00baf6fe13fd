"""Many documents at once: every file is there, the same as made one by one, and the folder is settled once."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

import tests.documents.document_samples as samples
from o2c_xl.documents import written
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.documents.written import Job, Letter, desk
from o2c_xl.documents.xlsx.sheets import render_xlsx


def jobs_of(count: int) -> list[Job]:
    invoices = [samples.invoice(number=f"INV-{number:06}") for number in range(count)]
    return [Job(invoice, as_pdf=True, as_xlsx=True) for invoice in invoices]


@pytest.mark.parametrize("worth_help", [2, 1000])
def test_each_job_gets_its_files_in_its_place(tmp_path, monkeypatch, worth_help):
    monkeypatch.setattr(written, "_WORTH_HELP", worth_help)
    jobs = [*jobs_of(3), Job(Letter("Claim CL-000001", "Three mugs were broken."))]

    with desk(tmp_path / "outbox", tmp_path / "layouts") as at_work:
        names = [one.names for one in at_work.write(jobs)]

    assert names[1] == ["Invoice INV-000001 Alfreds Futterkiste.pdf", "Invoice INV-000001 Alfreds Futterkiste.xlsx"]
    assert names[3] == ["Claim CL-000001.txt"]
    pdf, xlsx = ((tmp_path / "outbox" / name).read_bytes() for name in names[1])
    assert pdf == render_pdf(jobs[1].document, language="de")
    assert xlsx == render_xlsx(jobs[1].document, language="de")
    assert len(list((tmp_path / "outbox").iterdir())) == 7


def test_a_companys_own_layout_is_taken(tmp_path):
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "packing_slip.xlsx").write_bytes(render_xlsx(samples.pick_list()))

    with desk(tmp_path / "outbox", tmp_path / "layouts") as at_work:
        names = [one.names for one in at_work.write([Job(samples.packing_slip(), as_pdf=False, as_xlsx=True)])]

    assert (tmp_path / "outbox" / names[0][0]).read_bytes() != render_xlsx(samples.packing_slip())


def test_making_them_again_changes_no_file(tmp_path):
    with desk(tmp_path, tmp_path) as at_work:
        first = at_work.write(jobs_of(2))
        second = at_work.write(jobs_of(2))

    assert first == second
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot settle a folder")
def test_the_folder_is_settled_once_and_after_its_files(tmp_path, monkeypatch):
    settled: list[int] = []
    monkeypatch.setattr(written, "settle_outbox", lambda folder: settled.append(len(list(folder.iterdir()))))

    with desk(tmp_path, tmp_path) as at_work:
        at_work.write([Job(replace(samples.packing_slip(), shipment=f"SH-{number}")) for number in range(3)])

    assert settled == [3]


def test_nothing_to_write_makes_no_folder(tmp_path):
    with desk(tmp_path / "outbox", tmp_path) as at_work:
        assert at_work.write([]) == []

    assert not (tmp_path / "outbox").exists()
