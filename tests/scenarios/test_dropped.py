"""Files dropped by partners and departments: each handled once, whole or not at all, and shown to people."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import openpyxl
import pytest

from o2c_xl.intake.folders.claims import Claims
from o2c_xl.intake.process.reader import Asked, Reader
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.reading.book import read_book
from tests.made_once import made_once
from tests.scenarios.commands import Desk

DAY = "2026-03-02"
HEAD = "Order,Customer ID,Order date,SKU,Quantity\n"
TWO_LINES = HEAD + "W1,C1,2026-03-01,{}\nW1,C1,2026-03-01,{}\n"
FILES = {
    "customers.csv": "Customer ID,Name,Street,City,Country,Tax group,Payment terms\n"
    "C1,Alpha,Road 1,Town,DE,D,Net 30\nC2,Beta,Road 2,Town,DE,D,Net 30\n",
    "products.csv": "SKU,Name,Unit,Price,Cost,Tax code\nP1,Pen,pcs,2.50,1.00,S\nP2,Ink,pcs,7,1.00,S\n",
    "taxrates.csv": "Tax group,Tax code,Rate %\nD,S,19\n",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    _make(tmp_path / "company")
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--on", DAY)
    for name, text in FILES.items():
        (folder.parent / name).write_text(text, encoding="utf-8")
    desk.load(*(folder.parent / name for name in FILES))


def drop(desk: Desk, name: str, text: str | bytes, kind: str = "orders") -> Path:
    path = desk.folder / "inbox" / kind / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def fates(desk: Desk) -> dict[str, str]:
    return {row["File"]: row["Fate"] for row in desk.show("Files") if row["File"] not in {*FILES, "counts.csv"}}


def inside(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_drop_folder_that_may_only_be_read_is_said_and_the_others_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut, rename = drop(desk, "p.csv", "SKU,Price\nP1,3\n", "prices"), os.rename

    def remounted(source: Path, target: Path) -> None:
        """As the system answers for another disk that is mounted to be read."""
        if Path(source).parent == shut.parent:
            number = errno.EROFS if Path(target).parent == shut.parent else errno.EXDEV
            raise OSError(number, os.strerror(number))
        rename(source, target)

    monkeypatch.setattr(os, "rename", remounted)
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")

    desk.o2c("watch", "--once", "--on", DAY, expect=None)

    assert (fates(desk), shut.exists()) == ({"p.csv": "Waiting", "web.csv": "Done"}, True)
    assert [row["Source"] for row in desk.show("Issues")] == ["Drop folder prices"]
    assert any("p.csv" in str(row["Subject"]) for row in desk.show("Waiting"))


def test_a_good_file_is_taken_once_and_lies_in_done_byte_for_byte(desk: Desk) -> None:
    text = HEAD + "W1,C1,2026-03-01,P1,3\nW2,C2,2026-03-01,P1,4\n"
    drop(desk, "web.csv", text)

    first = desk.run()
    second = desk.run()

    assert first["counts"]["files taken"] == 1
    assert not any(second["counts"].values())
    assert inside(desk.folder / "done") == {"web.csv": text.encode()}
    assert [row["Order"] for row in desk.show("Orders")] == ["W1", "W2"]
    (row,) = [row for row in desk.show("Files") if row["File"] == "web.csv"]
    assert (row["Fate"], row["Rows"], row["Stored as"]) == ("Done", "2", f"done/{DAY}/web.csv")
    desk.verify()


def test_a_bad_file_is_set_aside_as_it_came_with_a_marked_copy_and_nothing_of_it_is_taken(desk: Desk) -> None:
    text = HEAD + "W1,C1,2026-03-01,P1,3\nW2,C9,2026-03-01,P1,x\n"
    drop(desk, "web.csv", text)

    answer = desk.run(expect=1)

    assert {(issue["source"], issue["cell"]) for issue in answer["issues"]} == {("web.csv", "B3"), ("web.csv", "E3")}
    aside = inside(desk.folder / "set-aside")
    assert aside.pop("web.csv") == text.encode()
    assert list(aside) == ["web.csv (to mend).xlsx"]
    assert desk.show("Orders") == []
    assert [(row["Subject"], row["Since"]) for row in desk.show("Waiting")] == [("web.csv", DAY)]
    assert [row["Kind"] for row in desk.show("Outbox")] == ["File set aside"]
    assert list(inside(desk.folder / "outbox")) == ["File set aside web.csv.txt"]
    desk.verify()


def test_a_file_mended_and_dropped_again_goes_through_and_its_faults_are_gone(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,x\n")
    desk.run(expect=1)

    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    answer = desk.run()

    assert answer["issues"] == []
    assert desk.show("Issues") == []
    assert {row["Fate"] for row in desk.show("Files") if row["File"] == "web.csv"} == {"Mended", "Done"}
    assert sorted(inside(desk.folder / "set-aside" / "mended")) == ["web.csv", "web.csv (to mend).xlsx"]
    assert sorted(inside(desk.folder / "set-aside")) == ["web.csv", "web.csv (to mend).xlsx"]
    assert not [row for row in desk.show("Waiting") if row["Subject"] == "web.csv"]


def test_what_a_program_writes_on_into_a_refused_file_is_dropped_again_and_its_copy_goes(desk: Desk) -> None:
    begun = HEAD + "W1,C1,2026-03-01,P1,x\n"
    drop(desk, "web.csv", begun)
    desk.run(expect=1)

    with (desk.folder / "set-aside" / "web.csv").open("a") as still_open:
        still_open.write("W2,C1,2026-03-01,P1,y\n")
    answer = desk.run(expect=1)

    assert answer["counts"]["files written into"] == 1
    assert sorted(issue["value"] for issue in answer["issues"]) == ["x", "y"]
    assert sorted(row["Value"] for row in desk.show("Issues")) == ["x", "y"]
    assert sorted(row["Fate"] for row in desk.show("Files") if row["File"] == "web.csv") == ["Mended", "Set aside"]
    mended = inside(desk.folder / "set-aside" / "mended")
    assert (sorted(mended), mended["web.csv"]) == (["web.csv", "web.csv (to mend).xlsx"], begun.encode())
    assert not any(desk.run(expect=None)["counts"].values())


def test_an_order_that_stood_and_is_changed_by_a_file_is_named_in_the_list_of_files(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    desk.run()
    drop(desk, "more.csv", HEAD + "W1,C1,2026-03-01,P1,4\n")

    answer = desk.run()

    told = "more.csv: it changed what was ordered before: W1."
    assert told in answer["notes"]
    assert [row["Why"] for row in desk.show("Files") if row["File"] == "more.csv"] == [told]


def test_a_partner_s_next_file_of_the_same_name_does_not_make_the_refused_one_forgotten(desk: Desk) -> None:
    drop(desk, "orders.csv", HEAD + "W1,C1,2026-03-01,P1,x\n")
    desk.run(expect=1)

    drop(desk, "orders.csv", HEAD + "W2,C1,2026-03-01,P1,3\n")
    answer = desk.run(expect=1)

    assert [issue["value"] for issue in answer["issues"]] == ["x"]
    assert {row["Fate"] for row in desk.show("Files") if row["File"] == "orders.csv"} == {"Set aside", "Done"}
    drop(desk, "orders.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    assert desk.run()["issues"] == []
    assert {row["Fate"] for row in desk.show("Files") if row["File"] == "orders.csv"} == {"Mended", "Done"}


def test_two_refused_files_of_one_name_have_faults_of_their_own(desk: Desk) -> None:
    drop(desk, "orders.csv", HEAD + "W1,C1,2026-03-01,P1,x\n")
    desk.run(expect=1)
    drop(desk, "orders.csv", HEAD + "W2,C1,2026-03-01,P9,y\n")
    desk.run(expect=1)

    both = desk.show("Waiting", "What stops it=File set aside"), desk.show("Issues")
    drop(desk, "orders.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    desk.run(expect=1)

    waiting, issues = both
    first, second = "set-aside/orders.csv", next(row["Subject"] for row in waiting if " " in row["Subject"])
    assert {row["Subject"]: row["What to do"][:8] for row in waiting} == {first: "1 fault:", second: "2 faults"}
    assert sorted((row["Source"], row["Value"]) for row in issues) == [(second, "P9"), (second, "y"), (first, "x")]
    assert [row["Subject"] for row in desk.show("Waiting", "What stops it=File set aside")] == ["orders.csv"]
    assert [row["Value"] for row in desk.show("Issues")] == ["P9", "y"]
    assert sorted(row["Fate"] for row in desk.show("Files") if row["File"] == "orders.csv") == [
        "Done",
        "Mended",
        "Set aside",
    ]


def test_of_two_refused_files_of_one_name_one_may_be_taken_away(desk: Desk) -> None:
    drop(desk, "orders.csv", HEAD + "W1,C1,2026-03-01,P1,x\n")
    desk.run(expect=1)
    drop(desk, "orders.csv", HEAD + "W2,C1,2026-03-01,P1,y\n")
    desk.run(expect=1)

    (desk.folder / "set-aside" / "orders.csv").unlink()
    desk.run(expect=1)

    assert [row["Value"] for row in desk.show("Issues")] == ["y"]
    assert [row["Subject"] for row in desk.show("Waiting")] == ["orders.csv"]


def test_a_file_whose_orders_all_came_with_another_is_mended_everywhere(desk: Desk) -> None:
    drop(desk, "b.csv", HEAD + "W1,C1,2026-03-01,P1,x\nW2,C1,2026-03-01,P1,2\n")
    desk.run(expect=1)

    drop(desk, "c.csv", HEAD + "W2,C1,2026-03-01,P1,2\nW1,C1,2026-03-01,P1,3\n")
    desk.run()

    (row,) = desk.show("Files", "File=b.csv")
    assert (row["Fate"], row["Why"]) == ("Mended", "c.csv brought what was at fault in it.")
    assert (desk.folder / "set-aside" / "mended" / "b.csv").exists()
    assert desk.show("Issues") == []
    assert desk.show("Waiting", "What stops it=File set aside") == []


def test_a_file_of_which_an_order_never_came_goes_on_waiting_everywhere(desk: Desk) -> None:
    drop(desk, "b.csv", HEAD + "W1,C1,2026-03-01,P1,x\nW2,C1,2026-03-01,P1,2\n")
    desk.run(expect=1)

    drop(desk, "c.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    desk.run(expect=1)

    assert fates(desk) == {"b.csv": "Set aside", "c.csv": "Done"}
    assert [row["Source"] for row in desk.show("Issues")] == ["b.csv"]
    assert [row["Subject"] for row in desk.show("Waiting", "What stops it=File set aside")] == ["b.csv"]


@pytest.mark.parametrize(
    ("table", "department"),
    [
        ("Receipts", "Warehouse"),
        ("StockCounts", "Warehouse"),
        ("Bills", "Finance"),
        ("SupplierPrices", "Purchasing"),
        ("Customers", "Sales"),
        ("Roles", str(BY_NAME["Roles"].department)),
    ],
)
def test_a_refused_load_waits_for_the_department_of_its_table(
    desk: Desk, tmp_path: Path, table: str, department: str
) -> None:
    columns = BY_NAME[table].typed
    path = tmp_path / f"{table}.csv"
    path.write_text(",".join(one.header for one in columns) + "\n" + ",".join(["?"] * len(columns)) + "\n", "utf-8")

    desk.load(path, expect=1)

    assert [row["For"] for row in desk.show("Waiting")] == [department]


def test_a_file_loaded_again_in_another_version_overtakes_the_refused_one(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    for text in ("W1,C1,2026-03-01,P1,x\n", "W2,C1,2026-03-01,P9,y\n"):
        path.write_text(HEAD + text, encoding="utf-8")
        desk.load(path, expect=1)

    assert sorted(row["Fate"] for row in desk.show("Files") if row["File"] == "list.csv") == ["Mended", "Set aside"]
    assert [row["Subject"] for row in desk.show("Waiting")] == ["list.csv"]
    assert len(desk.show("Issues")) == 2


def test_a_file_that_is_saved_while_it_is_loaded_is_known_by_what_was_read_of_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, later = tmp_path / "list.csv", HEAD + "W2,C1,2026-03-01,P1,4\n"
    path.write_text(HEAD + "W1,C1,2026-03-01,P1,3\n", encoding="utf-8")
    read = Reader.read

    def and_saved(reader: Reader, file: Path, asked: Asked) -> list[Batch]:
        batches = read(reader, file, asked)
        path.write_text(later, encoding="utf-8")
        return batches

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Reader, "read", and_saved)
        desk.load(path)
    drop(desk, "list.csv", later)
    desk.run()

    assert {row["Order"] for row in desk.show("Orders")} == {"W1", "W2"}


def test_a_file_refused_for_what_was_missing_and_dropped_again_as_it_is_leaves_nothing_set_aside(
    desk: Desk, tmp_path: Path
) -> None:
    text = HEAD + "W1,C9,2026-03-01,P1,3\n"
    drop(desk, "web.csv", text)
    desk.run(expect=1)
    (tmp_path / "customers.csv").write_text(FILES["customers.csv"].replace("C2,", "C9,"), encoding="utf-8")
    desk.load(tmp_path / "customers.csv")

    drop(desk, "web.csv", text)
    desk.run()

    aside = [path for path in (desk.folder / "set-aside").iterdir() if path.is_file()]
    assert (aside, fates(desk)) == ([], {"web.csv": "Done"})
    assert (desk.folder / "set-aside" / "mended" / "web.csv").read_bytes() == text.encode()


def test_a_move_of_a_mended_file_that_a_process_did_not_live_to_note_is_noted_by_the_next(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,x\n")
    desk.run(expect=1)
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    (desk.folder / "set-aside" / "mended").mkdir()
    (desk.folder / "set-aside" / "web.csv").rename(desk.folder / "set-aside" / "mended" / "web.csv")

    desk.run()

    (row,) = [row for row in desk.show("Files") if row["Fate"] == "Mended"]
    assert row["Stored as"] == "set-aside/mended/web.csv"
    assert row["Why"] == f"web.csv was taken in its place: done/{DAY}/web.csv."


def test_the_same_bytes_under_another_name_or_the_same_are_a_repeat_that_changes_nothing(desk: Desk) -> None:
    text = HEAD + "W1,C1,2026-03-01,P1,3\n"
    drop(desk, "web.csv", text)
    desk.run()
    entries = len(desk.show("Log"))

    drop(desk, "web.csv", text)
    drop(desk, "again.csv", text)
    answer = desk.run()

    assert answer["counts"]["files repeated"] == 2
    assert len(desk.show("Log")) == entries
    assert fates(desk) == {"web.csv": "Done", "again.csv": "Repeat"}
    assert sorted(inside(desk.folder / "done").values()) == [text.encode()] * 3
    assert all("web.csv" in name or "again.csv" in name for name in inside(desk.folder / "done"))


def test_the_same_orders_in_another_shape_have_no_effect(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C1,2026-03-01,P1,5\n")
    desk.run()

    drop(desk, "other.csv", "SKU;Quantity;Order;Order date;Customer ID\nP1;5;W2;2026-03-01;C1\nP1;3;W1;2026-03-01;C1\n")
    answer = desk.run()

    assert answer["counts"]["files taken"] == 1
    assert answer["counts"].get("Orders", 0) == 0
    assert len(desk.show("OrderLines")) == 2


def test_the_rows_of_an_order_in_another_order_are_the_same_lines(desk: Desk) -> None:
    drop(desk, "web.csv", TWO_LINES.format("P1,4", "P2,1"))
    desk.run()

    drop(desk, "again.csv", TWO_LINES.format("P2,1", "P1,4"))
    desk.run()
    reordered = [(row["Line"], row["SKU"], row["Quantity"]) for row in desk.show("OrderLines")]
    drop(desk, "more.csv", TWO_LINES.format("P2,2", "P1,4"))
    desk.run()

    assert fates(desk)["again.csv"] == "Done"
    assert reordered == [("1", "P1", "4"), ("2", "P2", "1")]
    assert [(row["Line"], row["SKU"], row["Quantity"]) for row in desk.show("OrderLines")] == [
        ("1", "P1", "4"),
        ("2", "P2", "2"),
    ]
    desk.verify()


def test_a_reordered_list_of_a_shipped_order_is_no_change_of_it(desk: Desk, tmp_path: Path) -> None:
    drop(desk, "web.csv", TWO_LINES.format("P1,4", "P2,1"))
    counts = "Count,SKU,Counted,Counted on\nC9,P1,9,2026-03-02\n"
    (tmp_path / "StockCounts.csv").write_text(counts, encoding="utf-8")
    desk.load(tmp_path / "StockCounts.csv")
    desk.run()

    drop(desk, "again.csv", TWO_LINES.format("P2,1", "P1,4"))
    desk.run()

    assert fates(desk)["again.csv"] == "Done"
    assert desk.show("Shipments")
    desk.verify()


def test_an_order_without_a_number_is_known_again_by_the_sender_s_reference(desk: Desk) -> None:
    text = "Order,Customer reference,Customer ID,Order date,SKU,Quantity\n,PO-77,C1,2026-03-01,P1,3\n"
    drop(desk, "a.csv", text)
    drop(desk, "b.csv", text.replace("Order,Customer reference,", "Order,Customer reference ,"))

    desk.run()

    assert len(desk.show("Orders")) == 1


def test_an_order_that_can_no_longer_be_changed_is_set_aside_with_both_files_named(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(
        f"Count,SKU,Counted,Counted on,Reason\nO1,P1,50,{DAY},Opening\n", encoding="utf-8"
    )
    desk.load(tmp_path / "counts.csv")
    drop(desk, "first.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    desk.run()

    drop(desk, "second.csv", HEAD + "W1,C1,2026-03-01,P1,7\n")
    answer = desk.run(expect=1)

    (issue,) = answer["issues"]
    assert issue["source"] == "second.csv"
    assert "first.csv" in issue["problem"] + issue["fix"]
    assert [row["Quantity"] for row in desk.show("OrderLines")] == ["3"]
    assert fates(desk) == {"first.csv": "Done", "second.csv": "Set aside"}
    desk.verify()


def test_of_a_conflict_with_a_file_of_the_same_name_the_earlier_one_s_day_and_place_are_said(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "counts.csv").write_text(
        f"Count,SKU,Counted,Counted on,Reason\nO1,P1,50,{DAY},Opening\n", encoding="utf-8"
    )
    desk.load(tmp_path / "counts.csv")
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    desk.run()

    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,7\n")
    (issue,) = desk.run(expect=1)["issues"]

    assert f"The order came with web.csv of {DAY}, which lies in done/{DAY}/web.csv." in issue["problem"]


def test_files_are_taken_in_the_order_in_which_they_lean_on_each_other(desk: Desk) -> None:
    drop(desk, "receipts.csv", f"Receipt,PO,SKU,Quantity,Quality,Received on\nR1,PO9,P1,3,Good,{DAY}\n", "receipts")
    drop(desk, "prices.csv", "Price list,SKU,Minimum quantity,Price\nRetail,P1,1,3.10\n", "prices")

    answer = desk.run(expect=1)

    assert [issue["source"] for issue in answer["issues"]] == ["receipts.csv"]
    assert len(desk.show("Prices")) == 1


def test_a_folder_takes_its_own_tables_only(desk: Desk) -> None:
    drop(desk, "roles.csv", "User,Role\nmallory,Administrator\n")
    drop(desk, "roles2.csv", "User,Role\nmallory,Finance\n", ".")

    answer = desk.run(expect=1)

    assert {issue["source"] for issue in answer["issues"]} == {"roles.csv", "roles2.csv"}
    assert "mallory" not in str(desk.show("Roles"))


def test_what_only_the_companys_people_decide_is_refused_in_a_file_from_outside(desk: Desk) -> None:
    drop(desk, "web.csv", f"{HEAD[:-1]},Action,Released until\nW1,C1,2026-03-01,P1,3,Release,2027-01-01\n")

    issues = desk.run(expect=1)["issues"]

    assert [(issue["cell"], issue["value"]) for issue in issues] == [("F2", "Release"), ("G2", "2027-01-01")]
    assert (fates(desk), desk.show("Orders")) == ({"web.csv": "Set aside"}, [])


def test_an_empty_decision_in_a_file_from_outside_leaves_what_was_decided(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(f"{HEAD[:-1]},Action\nW1,C1,2026-03-01,P1,3,Hold\n", encoding="utf-8")
    desk.load(tmp_path / "counts.csv")

    drop(desk, "web.csv", f"{HEAD[:-1]},Action\nW1,C1,2026-03-01,P1,4,\n")
    desk.run()

    assert [row["Action"] for row in desk.show("Orders")] == ["Hold"]
    assert [row["Quantity"] for row in desk.show("OrderLines")] in (["4"], [4])


def test_a_drop_folder_of_the_companys_own_may_decide(desk: Desk) -> None:
    own = (desk.folder / "watchers") / "orders.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text('folder = "inbox/orders"\ndecisions = true\n', encoding="utf-8")
    drop(desk, "ours.csv", f"{HEAD[:-1]},Action\nW1,C1,2026-03-01,P1,3,Hold\n")

    desk.run()

    assert [row["Action"] for row in desk.show("Orders")] == ["Hold"]


def test_a_list_of_payments_that_lacks_its_key_column_is_told_which(desk: Desk) -> None:
    text = "Customer ID,Payer,Paid on,Amount,Currency,Method,Reference\nC1,,2026-03-02,10,EUR,Cash,R1\n"
    drop(desk, "paid.csv", text, "payments")

    (issue,) = desk.run(expect=1)["issues"]

    assert "there is no column Payment" in issue["problem"]
    assert "it may stay empty where Reference says" in issue["fix"]


def test_a_sender_may_order_for_its_own_customers_only(desk: Desk) -> None:
    (desk.folder / "watchers").mkdir()
    (desk.folder / "watchers" / "alpha.toml").write_text(
        'folder = "inbox/alpha"\ntables = ["Orders", "OrderLines"]\ncustomers = ["C1"]\nsender = "it@alpha.example"\n',
        encoding="utf-8",
    )
    (desk.folder / "inbox" / "alpha").mkdir()
    drop(desk, "base.csv", HEAD + "B1,C2,2026-03-01,P1,1\n")
    desk.run()

    drop(desk, "good.csv", HEAD + "A1,C1,2026-03-01,P1,1\n", "alpha")
    drop(desk, "other.csv", HEAD + "A2,C2,2026-03-01,P1,1\n", "alpha")
    drop(desk, "theirs.csv", "Order,Line,Quantity\nB1,1,9\n", "alpha")
    drop(desk, "theirs2.csv", HEAD + "B1,C2,2026-03-01,P1,5\n", "alpha")
    answer = desk.run(expect=1)

    assert {issue["source"] for issue in answer["issues"]} == {"other.csv", "theirs.csv", "theirs2.csv"}
    assert not [row for table in ("Orders", "OrderLines") for row in desk.show(table) if row["Check"]]
    assert sorted(row["Order"] for row in desk.show("Orders")) == ["A1", "B1"]
    assert {row["To"] for row in desk.show("Outbox") if row["Kind"] == "File set aside"} == {"it@alpha.example"}


def test_a_folder_may_take_the_sound_orders_of_a_file_and_bring_back_the_rest(desk: Desk) -> None:
    (desk.folder / "watchers").mkdir()
    (desk.folder / "watchers" / "orders.toml").write_text('folder = "inbox/orders"\nwhole = false\n', encoding="utf-8")
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C1,2026-03-01,P1,x\n")

    desk.run(expect=1)
    drop(desk, "web2.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C1,2026-03-01,P1,4\n")
    answer = desk.run()

    assert answer["issues"] == []
    assert [row["Quantity"] for row in desk.show("OrderLines")] == ["3", "4"]
    desk.verify()


def test_the_sheet_issues_has_every_fault_of_every_file(desk: Desk) -> None:
    drop(desk, "a.csv", HEAD + "W1,C9,2026-03-01,P1,x\n")
    drop(desk, "b.csv", HEAD + "W2,C9,2026-03-01,P9,3\n")
    drop(desk, "photo.csv", "\x89PNG and more")

    desk.run(expect=1)

    (book,) = (desk.folder / "books").glob("*.xlsx")
    (table,) = [table for table in read_book(book).tables if table.name == "Issues"]
    assert len(desk.show("Issues")) == 5
    assert sum(1 for source in table.columns[0] if source) == 5


def test_a_second_copy_of_a_refused_file_may_go_without_the_first_being_forgotten(desk: Desk) -> None:
    text = HEAD + "W1,C9,2026-03-01,P1,3\n"
    drop(desk, "bad.csv", text)
    desk.run(expect=1)
    drop(desk, "bad.csv", text, ".")
    desk.run(expect=1)

    for path in (desk.folder / "set-aside").glob("* bad.csv"):
        path.unlink()
    answer = desk.run(expect=1)

    assert (desk.folder / "set-aside" / "bad.csv").exists()
    assert [issue["source"] for issue in answer["issues"]] == ["bad.csv"]


def test_a_file_taken_out_of_set_aside_is_dealt_with(desk: Desk) -> None:
    drop(desk, "junk.csv", "what,is,this\n1,2,3\n")
    desk.run(expect=1)

    (desk.folder / "set-aside" / "junk.csv").unlink()
    answer = desk.run()

    assert answer["issues"] == []
    assert desk.show("Waiting") == []


def test_a_file_taken_out_of_set_aside_is_dealt_with_though_another_takes_its_place(desk: Desk) -> None:
    drop(desk, "bad.csv", HEAD + "W1,C9,2026-03-01,P1,3\n")
    desk.run(expect=1)
    (desk.folder / "set-aside" / "bad.csv").unlink()
    drop(desk, "bad.csv", HEAD + "W1,C1,2026-03-01,P1,many\n")

    desk.run(expect=1)
    answer = desk.run(expect=1)

    assert [issue["value"] for issue in answer["issues"]] == ["many"]
    assert len(desk.show("Waiting")) == 1


def test_a_refused_file_on_its_way_to_where_it_is_set_aside_keeps_its_faults(desk: Desk) -> None:
    drop(desk, "bad.csv", HEAD + "W1,C9,2026-03-01,P1,3\n")
    desk.run(expect=1)
    other = Claims(desk.folder / "work" / "claims")
    on_its_way = other.folder / "orders" / "bad.csv"
    on_its_way.parent.mkdir()
    (desk.folder / "set-aside" / "bad.csv").rename(on_its_way)

    answer = desk.run(expect=1)
    other.close()  # it ends without having done it; the next finds the claim
    again = desk.run(expect=1)

    assert [issue["source"] for issue in (*answer["issues"], *again["issues"])] == ["bad.csv"] * 2
    assert len(desk.show("Outbox", "Kind=File set aside")) == 1
    assert (desk.folder / "set-aside" / "bad.csv").exists()


def test_a_file_that_somebody_has_open_is_left_and_shown(desk: Desk) -> None:
    path = drop(desk, "open.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    lock = path.with_name("~$open.csv")
    lock.write_bytes(b"\x03Ann")

    desk.run()

    assert path.exists()
    assert fates(desk) == {"open.csv": "Waiting"}
    assert "Ann" in desk.show("Waiting")[0]["What to do"]
    lock.unlink()
    desk.run()
    assert fates(desk) == {"open.csv": "Done"}


def test_files_in_a_folder_that_no_watcher_looks_into_are_said_until_they_are_gone(desk: Desk) -> None:
    astray = desk.folder / "inbox" / "orders" / "march" / "first" / "web.csv"
    stray = desk.folder / "inbox" / "letters" / "web.csv"
    for path in (astray, stray):
        path.parent.mkdir(parents=True)
        path.write_text(HEAD, encoding="utf-8")

    answer = desk.run()
    waiting = {row["Subject"]: row["What to do"] for row in desk.show("Waiting")}
    astray.unlink()
    stray.unlink()
    desk.run()

    assert set(waiting) == {"inbox/orders/march", "inbox/letters"}
    assert "first/web.csv lies in this folder, and no watcher looks into it." in waiting["inbox/orders/march"]
    assert [note.split(" waits: ")[0] for note in answer["notes"]] == ["inbox/letters", "inbox/orders/march"]
    assert desk.show("Waiting") == []


def test_a_rehearsal_says_what_would_happen_and_moves_nothing(desk: Desk) -> None:
    good = drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    bad = drop(desk, "bad.csv", HEAD + "W2,C9,2026-03-01,P1,3\n")

    answer = desk.o2c("run", "--dry-run", "--json", "--on", DAY, expect=1).json

    assert (answer["counts"]["files taken"], answer["counts"]["files set aside"]) == (1, 1)
    assert good.exists()
    assert bad.exists()
    assert desk.show("Orders") == []
    assert fates(desk) == {}


def test_what_a_watcher_says_of_itself_and_of_the_folders(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")

    before = desk.o2c("watch", "--status", "--json", expect=1).json
    once = desk.o2c("watch", "--once", "--json", "--on", DAY).json

    assert before["ready"] == ["web.csv"]
    assert once["counts"]["files taken"] == 1
    assert once["counts"]["priced"] == 1
    assert desk.o2c("watch", "--status", "--json", expect=1).json["ready"] == []


def test_a_pass_that_waits_for_a_workbook_s_end_says_so_and_then_how_to_go_on(desk: Desk) -> None:
    path = drop(desk, "web.xlsx", "PK\3\4" + "x" * 100)
    os.utime(path, (time.time() - 45, time.time() - 45))

    answer = desk.o2c("watch", "--once", "--on", DAY, expect=1)

    assert "seconds for web.xlsx. It is not whole yet" in answer.err
    assert "web.xlsx: The workbook is cut off: its end is missing. Copy it again once it is whole." in answer.err


def test_a_drop_folder_out_of_reach_changes_nothing_and_is_said_until_it_is_back(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    away = desk.folder / "inbox" / "receipts"
    away.rename(desk.folder / "away")

    first = desk.run(expect=1)
    (desk.folder / "away").rename(away)
    second = desk.run()

    assert [issue["source"] for issue in first["issues"]] == ["Drop folder receipts"]
    assert first["counts"]["files taken"] == 1
    assert second["issues"] == []


def test_a_file_that_may_not_be_moved_waits_and_keeps_no_other_from_being_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(desk, "stuck.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    drop(desk, "free.csv", HEAD + "W2,C1,2026-03-01,P1,3\n")
    rename = Path.rename

    def refusing(path: Path, target: Path) -> Path:
        if path.name == "stuck.csv" and "claims" in str(target):
            raise PermissionError(13, "Permission denied", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refusing)
    answer = desk.run(expect=1)

    assert [issue["source"] for issue in answer["issues"]] == ["Drop folder orders"]
    assert fates(desk) == {"free.csv": "Done", "stuck.csv": "Waiting"}
    assert "may not be moved" in next(
        row["What to do"] for row in desk.show("Waiting") if row["Subject"] == "stuck.csv"
    )


def test_a_list_that_lacks_a_column_every_line_needs_says_so_at_its_rows(desk: Desk) -> None:
    drop(desk, "web.csv", "Order,Line,Customer ID,Order date,SKU\nW1,1,C1,2026-03-01,P1\n")

    answer = desk.run(expect=1)

    assert "Quantity" in " ".join(issue["problem"] for issue in answer["issues"])
    assert desk.show("Orders") == []


def test_files_go_to_the_folder_that_takes_them(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n", "payments")

    answer = desk.run(expect=1)

    assert [issue["fix"] for issue in answer["issues"]] == ["Drop it into inbox/orders"]


def test_one_pass_with_a_damaged_workbook_takes_the_files_and_says_what_hinders_the_rest(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    (desk.folder / "books" / "Other.xlsx").write_bytes(b"PK\3\4junk")

    answer = desk.o2c("watch", "--once", "--json", "--on", DAY, expect=1).json

    assert answer["counts"]["files taken"] == 1
    assert any("Other.xlsx" in issue["problem"] for issue in answer["issues"])


def test_the_watcher_leaves_an_open_workbook_alone_and_says_who_has_it(desk: Desk) -> None:
    drop(desk, "web.csv", HEAD + "W1,C1,2026-03-01,P1,3\n")
    (book,) = (desk.folder / "books").glob("*.xlsx")
    (book.parent / f"~${book.name}").write_bytes(b"\x04Anna" + bytes(160))
    before = book.read_bytes()

    answer = desk.o2c("watch", "--once", "--json", "--on", DAY, expect=1).json

    assert answer["counts"]["files taken"] == 1
    told = f"{book.name} is open (Anna (Excel)); it will be written when it is closed."
    assert [issue["problem"] for issue in answer["issues"]] == [told]
    assert book.read_bytes() == before


def test_a_refused_load_is_not_said_to_lie_in_a_folder(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(HEAD + "W1,C9,2026-03-01,P1,3\n", encoding="utf-8")

    desk.load(tmp_path / "bad.csv", expect=1)

    (row,) = desk.show("Waiting")
    assert row["What to do"] == "1 fault: mend the file and load it again."


def _shipped(desk: Desk, tmp_path: Path, order: str = "W1,C1,2026-03-01,P1,3\n") -> None:
    """An order that came with first.csv and went out."""
    counts = f"Count,SKU,Counted,Counted on,Reason\nO1,P1,50,{DAY},Opening\n"
    (tmp_path / "counts.csv").write_text(counts, encoding="utf-8")
    desk.load(tmp_path / "counts.csv")
    drop(desk, "first.csv", HEAD + order)
    desk.run()


@pytest.mark.parametrize("loaded", [False, True])
def test_another_customer_s_order_under_a_number_in_use_is_a_conflict(desk: Desk, tmp_path: Path, loaded: bool) -> None:
    drop(desk, "first.csv", HEAD + "1001,C1,2026-03-01,P1,500\n")
    desk.run()
    text = HEAD + "1001,C2,2026-03-01,P2,7\n"

    if loaded:
        (tmp_path / "second.csv").write_text(text, encoding="utf-8")
        (issue,) = desk.load(tmp_path / "second.csv", expect=1)["issues"]
    else:
        drop(desk, "second.csv", text)
        (issue,) = desk.run(expect=1)["issues"]

    assert (issue["source"], issue["cell"], issue["value"]) == ("second.csv", "B2", "C2")
    assert "1001 is an order of C1 already. The order came with first.csv" in issue["problem"]
    assert [(row["Order"], row["Customer ID"]) for row in desk.show("Orders")] == [("1001", "C1")]
    assert [(row["SKU"], row["Quantity"]) for row in desk.show("OrderLines")] == [("P1", "500")]


@pytest.mark.parametrize("conflict", ["W1,C2,2026-03-01,P1,999\n", "W1,C1,2026-03-01,P1,7\n"])
@pytest.mark.parametrize("before", [True, False], ids=["dropped before", "dropped after"])
def test_the_first_order_again_does_not_mend_a_file_that_contradicts_it(
    desk: Desk, tmp_path: Path, conflict: str, before: bool
) -> None:
    _shipped(desk, tmp_path)
    again = HEAD + "W1,C1,2026-03-01,P1,3\nW7,C1,2026-03-01,P1,1\n"
    if before:
        drop(desk, "a_list.csv", again)
    drop(desk, "conflict.csv", HEAD + conflict)
    desk.run(expect=1)
    drop(desk, "daily_list.csv", again.replace("P1,1", "P1,2" if before else "P1,1"))

    desk.run(expect=1)

    assert fates(desk)["conflict.csv"] == "Set aside"
    assert "conflict.csv" in {row["Source"] for row in desk.show("Issues")}
    assert (desk.folder / "set-aside" / "conflict.csv").exists()


def test_a_conflict_is_not_mended_by_another_line_of_that_order(desk: Desk, tmp_path: Path) -> None:
    _shipped(desk, tmp_path, "W1,C1,2026-03-01,P1,3\nW1,C1,2026-03-01,P2,4\n")
    drop(desk, "conflict.csv", TWO_LINES.format("P1,7", "P2,4"))
    desk.run(expect=1)

    drop(desk, "list.csv", TWO_LINES.format("P1,3", "P2,5"))
    desk.run(expect=1)

    assert fates(desk) == {"first.csv": "Done", "conflict.csv": "Set aside", "list.csv": "Done"}


@pytest.mark.parametrize(
    ("more", "value", "fate"), [("Notes", "thanks", "Set aside"), ("Notes,Ship to city", "thanks,", "Mended")]
)
def test_a_refused_cell_is_mended_by_no_file_without_that_column(
    desk: Desk, tmp_path: Path, more: str, value: str, fate: str
) -> None:
    _shipped(desk, tmp_path)
    of = "Order,Customer ID,Order date,"
    drop(desk, "city.csv", f"{of}Ship to city\nW1,C1,2026-03-01,Paris\n")
    desk.run(expect=1)

    drop(desk, "thanks.csv", f"{of}{more}\nW1,C1,2026-03-01,{value}\n")
    desk.run(expect=None)

    assert fates(desk) == {"first.csv": "Done", "city.csv": fate, "thanks.csv": "Done"}
    assert [row["Value"] for row in desk.show("Issues")] == (["Paris"] if fate == "Set aside" else [])


@pytest.mark.parametrize(
    ("terms", "refused"), [("Net 360", True), ("Net 30 EOM", True), ("Net 14", False), ("Net 7", False), ("", False)]
)
def test_a_dropped_order_does_not_give_itself_more_time_to_pay(
    desk: Desk, tmp_path: Path, terms: str, refused: bool
) -> None:
    (tmp_path / "c.csv").write_text("Customer ID,Payment terms\nC1,Net 14\n", encoding="utf-8")
    desk.load(tmp_path / "c.csv")
    text = HEAD.replace("\n", ",Payment terms\n") + f"W1,C1,2026-03-01,P1,3,{terms}\n"
    drop(desk, "order.csv", text)

    issues = desk.run(expect=1 if refused else 0)["issues"]

    assert [one["problem"] for one in issues] == [
        f"{terms} gives more time than the Net 14 that were agreed."
    ] * refused
    assert len(desk.show("Orders")) == (not refused)
    if refused:  # the company's own people may
        (tmp_path / "own.csv").write_text(text, encoding="utf-8")
        desk.load(tmp_path / "own.csv")
        drop(desk, "again.csv", text + "W2,C1,2026-03-01,P1,3,\n")
        desk.run()
        assert {row["Order"]: row["Payment terms"] for row in desk.show("Orders")} == {"W1": terms, "W2": None}


def test_an_order_of_another_customer_under_that_number_mends_nothing(desk: Desk) -> None:
    drop(desk, "orders.csv", HEAD + "W1,C2,2026-03-01,P1,x\n")
    desk.run(expect=1)

    for name in ("other.csv", "orders.csv"):
        drop(desk, name, HEAD + f"W1,C1,2026-03-01,P1,{len(name)}\n")
        desk.run(expect=1)

    assert [row["Fate"] for row in desk.show("Files", "File=orders.csv")].count("Set aside") == 1
    assert [row["Value"] for row in desk.show("Issues")] == ["x"]


def test_an_order_refused_for_an_unknown_customer_is_mended_by_whoever_it_is(desk: Desk) -> None:
    drop(desk, "b.csv", HEAD + "W1,C9,2026-03-01,P1,1\nW2,C1,2026-03-01,P1,2\n")
    desk.run(expect=1)

    drop(desk, "c.csv", HEAD + "W2,C1,2026-03-01,P1,2\nW1,C2,2026-03-01,P1,1\n")
    desk.run()

    assert fates(desk) == {"b.csv": "Mended", "c.csv": "Done"}


def test_what_was_known_when_a_file_was_refused_need_not_come_again(desk: Desk) -> None:
    drop(desk, "a.csv", HEAD + "W2,C1,2026-03-01,P1,2\n")
    desk.run()
    drop(desk, "b.csv", HEAD + "W1,C1,2026-03-01,P1,x\nW2,C1,2026-03-01,P1,2\n")
    desk.run(expect=1)

    drop(desk, "c.csv", HEAD + "W1,C1,2026-03-01,P1,1\n")
    desk.run()

    assert fates(desk) == {"a.csv": "Done", "b.csv": "Mended", "c.csv": "Done"}


def test_of_a_file_taken_row_by_row_letter_and_copy_say_what_was_taken_and_what_to_drop_again(desk: Desk) -> None:
    watched = 'folder = "inbox/orders"\nwhole = false\nsender = "buyer@example.com"\n'
    (desk.folder / "watchers").mkdir()
    (desk.folder / "watchers" / "orders.toml").write_text(watched, encoding="utf-8")
    drop(desk, "part.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW2,C1,2026-03-01,P1,x\nW2,C1,2026-03-01,P2,1\n")

    desk.run(expect=1)

    text = inside(desk.folder / "outbox")["File set aside part.csv.txt"].decode("utf-8")
    partly = "1 of 3 rows has faults and 1 more of the same orders was left with them; the others were taken."
    assert f"Of the file part.csv {partly}" in text
    assert "rows that were taken change nothing when they come again" in text
    assert "The attached copy has each wrong cell coloured" in text
    assert "set-aside/" not in text
    assert [row["Order"] for row in desk.show("Orders")] == ["W1"]
    (row,) = [row for row in desk.show("Files") if row["File"] == "part.csv"]
    assert row["Why"] == partly
    copy = openpyxl.load_workbook(desk.folder / "set-aside" / "part.csv (to mend).xlsx")
    assert f"{partly} These change nothing when they come again." in str(copy["Issues"]["H1"].value)


@pytest.mark.parametrize(("customer", "fate"), [("C1", "Mended"), ("C2", "Set aside")])
def test_a_file_with_the_old_value_put_back_mends_a_change_and_not_the_order_of_another_customer(
    desk: Desk, tmp_path: Path, customer: str, fate: str
) -> None:
    _shipped(desk, tmp_path)
    drop(desk, "list.csv", HEAD + f"W1,{customer},2026-03-01,P1,7\n")
    told = desk.run(expect=1)["issues"]

    drop(desk, "list.csv", HEAD + "W1,C1,2026-03-01,P1,3\nW7,C1,2026-03-01,P1,1\n")
    desk.run(expect=None)

    assert [issue["value"] for issue in told] == ["7" if fate == "Mended" else "C2"]
    assert sorted(row["Fate"] for row in desk.show("Files", "File=list.csv")) == ["Done", fate]
