"""Each reader on a file of its own layout: what is taken, what is left out and named, what is refused."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from app.places.directory.importers import childcare, council_list, cqc, ods, pharmacy_list, schools
from app.places.directory.importers.found import Found, Reader, is_refuge
from app.places.files import FileProblem, Problems

from .real import real


def read(reader: Reader, path: Path) -> tuple[list[Found], list[str]]:
    problems = Problems()
    return list(reader(path, problems)), [f"{p.line}: {p.sentence}" for p in problems]


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def register(folder: Path, *rows: dict[str, str], encoding: str = "cp1252") -> Path:
    """A school register with the whole real header."""
    names = real("samples/gias_header.txt").read_text(encoding="utf-8").strip().split(",")
    lines = [",".join(f'"{n}"' for n in names)]
    lines += [",".join(f'"{row.get(n, "")}"' for n in names) for row in rows]
    return written(folder, "edubasealldata20260916.csv", "\r\n".join(lines) + "\r\n", encoding)


SCHOOL = {
    "URN": "100001", "EstablishmentName": "École Invented", "EstablishmentStatus (name)": "Open", "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "4", "StatutoryHighAge": "11", "Street": "1 Made-up Street", "Town": "Birmingham", "Postcode": "B14 7ET",
    "Easting": "407801", "Northing": "281600", "UPRN": "100070000001", "HeadFirstName": "Neverread", "TelephoneNum": "none",
    "NurseryProvision (name)": "Has Nursery Classes",
}  # fmt: skip


def test_the_school_register_is_read_by_name_in_its_own_encoding(tmp_path: Path) -> None:
    path = register(
        tmp_path,
        SCHOOL,
        {**SCHOOL, "URN": "100002", "EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2025"},
        {**SCHOOL, "URN": "100003", "EstablishmentStatus (name)": "Open, but proposed to close"},
        {**SCHOOL, "URN": "100004", "EstablishmentStatus (name)": "Proposed to open", "PhaseOfEducation (name)": "Nursery"},
        {**SCHOOL, "URN": "", "EstablishmentName": "No number"},
    )  # fmt: skip
    written(tmp_path, "links_edubasealldata20260916.csv", "URN,LinkURN,LinkName,LinkType\n100002,100001,x,Successor\n")
    found, said = read(schools.read, path)
    assert found[0].name == "École Invented"
    assert found[0].point == (407801, 281600)
    assert (found[0].ages, found[0].uprn, found[0].offers) == ((4, 11), "100070000001", {"nursery_classes": True})
    assert [f.status for f in found] == ["open", "closed", "closing", "unconfirmed"]
    assert found[1].successors == ("100001",)
    assert found[3].kind == "nursery"
    assert "Neverread" not in repr(found), "heads’ names are never read"
    assert len(said) == 1
    assert said[0].startswith("6: A school needs a number")


def test_the_real_schools_are_all_read() -> None:
    found, said = read(schools.read, real("gias/schools_west-midlands_with_postcode_points.csv"))
    assert len(found) == 1549
    assert said == []


def test_only_prescribing_setting_four_is_a_gp_practice() -> None:
    found, _ = read(ods.read_gp, real("ods/epraccur.zip"))
    assert len(found) == 8655
    assert sum(f.status == "open" for f in found) == 6618
    assert "M89009" in {f.ref for f in found}
    assert not any("CGL" in f.name.upper().split() for f in found if f.status == "open"), (
        "a drug team is no GP practice"
    )


def test_pharmacies_are_those_of_sub_type_one() -> None:
    found, _ = read(ods.read_pharmacies, real("ods/edispensary_west-midlands.csv"))
    assert all(f.kind == "pharmacy" for f in found)
    assert {"open", "closed"} <= {f.status for f in found}


def ods_row(**cells: str) -> str:
    row = [""] * 27
    for name, value in {"0": "A00001", "1": "INVENTED", "9": "B14 7ET", "12": "A", "25": "4", **cells}.items():
        row[int(name)] = value
    return ",".join(f'"{cell}"' for cell in row)


def test_an_ods_file_of_another_shape_is_refused_or_named_row_by_row(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="27 columns and no header"):
        read(ods.read_gp, written(tmp_path, "epraccur.csv", "Organisation Code,Name\nA00001,X\n"))
    text = "\n".join([ods_row(), ods_row(**{"0": "A00002", "12": "X"}), '"A00003","short"', ods_row(**{"25": "25"})])
    found, said = read(ods.read_gp, written(tmp_path, "epraccur.csv", text))
    assert [f.ref for f in found] == ["A00001"]
    assert said == ["2: “X” is no status of ODS.", "3: This row has 2 cells instead of 27."]


PHARMACIES = (
    "PHARMACY_ODS_CODE_F_CODE,PHARMACY_TRADING_NAME,ORGANISATION_NAME,ADDRESS_FIELD1,ADDRESS_FIELD2,POST_CODE,CONTRACT_TYPE,"
    "OPENING_HOURS_MONDAY,OPENING_HOURS_TUESDAY,OPENING_HOURS_WEDNESDAY,OPENING_HOURS_THURSDAY,OPENING_HOURS_FRIDAY,"
    "OPENING_HOURS_SATURDAY,OPENING_HOURS_SUNDAY\n"
)


def test_pharmacy_hours_are_known_only_where_every_day_is(tmp_path: Path) -> None:
    week = ",".join(['"09:00-13:00,14:00-18:00"'] * 5)
    text = PHARMACIES + (
        f"FXX01,INVENTED CHEMIST,X LTD,1 HIGH ST,,B14 7ET,Community,{week},09:00-13:00,Closed\n"
        f"FXX02,OTHER CHEMIST,X LTD,2 HIGH ST,,B14 7ET,Community,{week},,Closed\n"
        "not a code,X,X,X,,B1 1AA,Community,,,,,,,\n"
    )
    found, said = read(pharmacy_list.read, written(tmp_path, "consol_pharmacy_list_202609.csv", text))
    assert found[0].hours is not None
    assert [s["day"] for s in found[0].hours] == [
        "mon",
        "mon",
        "tue",
        "tue",
        "wed",
        "wed",
        "thu",
        "thu",
        "fri",
        "fri",
        "sat",
    ]
    assert found[1].hours is None, "a Saturday nobody tells is not a Saturday that is shut"
    assert said == ["4: “NOT A CODE” is not an ODS code."]


@pytest.mark.parametrize("preamble", [3, 4, 5])
def test_the_cqc_header_is_found_by_its_first_cell(tmp_path: Path, preamble: int) -> None:
    header = real("samples/cqc_directory_header.txt").read_text(encoding="utf-8").strip().splitlines()[-1]

    lines = ["note," * 14] * preamble + [
        header,
        cqc_row("Invented Recovery", "Residential substance misuse treatment and/or rehabilitation service", "1-100"),
        cqc_row("Invented Hospital", "Hospital", "1-101", "Maternity and midwifery services|Surgical procedures"),
        cqc_row("Invented Care Home", "Residential homes", "1-102"),
        cqc_row("Invented Refuge", "Community based services for people who misuse substances", "1-103"),
    ]
    path = written(tmp_path, "16_September_2026_CQC_directory.csv", "\r\n".join(lines), "utf-8-sig")
    found, said = read(cqc.read, path)
    assert [(f.ref, f.kind) for f in found] == [
        ("1-100/drug_alcohol", "drug_alcohol"),
        ("1-101/hospital", "hospital"),
        ("1-101/midwifery", "midwifery"),
    ]
    assert found[0].checked_on == date(2025, 1, 9)
    assert "Refuges never enter the directory" in said[0]


def cqc_row(name: str, types: str, ref: str, special: str = "") -> str:
    return f'"{name}",,"1 Street, Birmingham",B14 7ET,0,,"{types}",09/Jan/2025 - 00:00,"{special}",X,Birmingham,West Midlands,,{ref},1-1'


@pytest.mark.parametrize(
    ("types", "special", "kinds"),
    [
        # The directory's own spellings. Source: reports.md 6.
        ("Community services - Substance abuse", "Substance misuse problems", ["drug_alcohol"]),
        ("Rehabilitation (substance abuse)", "", ["drug_alcohol"]),
        ("Community services – Substance Abuse ", "", ["drug_alcohol"]),
        ("Homecare agencies", "Substance misuse problems", []),
        ("Residential homes|Nursing homes", "Substance misuse problems|Dementia", []),
        ("Hospitals - Mental health/capacity", "Substance misuse problems", ["mental_health"]),
        ("Doctors/GPs", "Maternity and midwifery services|Family planning services", []),
        ("Hospital|Urgent care centres", "Maternity and midwifery services", ["hospital", "midwifery"]),
        ("Hospital", "Services for everyone", ["hospital"]),
        ("Dentist", "", []),
    ],
)
def test_who_is_cared_for_is_not_what_is_given(tmp_path: Path, types: str, special: str, kinds: list[str]) -> None:
    header = real("samples/cqc_directory_header.txt").read_text(encoding="utf-8").strip().splitlines()[-1]
    path = written(tmp_path, "CQC_directory.csv", "\n".join([header, cqc_row("Invented", types, "1-1", special)]))
    problems = Problems()
    assert [f.kind for f in cqc.read(path, problems)] == kinds
    assert not problems.unmatched


def test_a_type_nobody_knows_is_counted_and_neither_dropped_nor_guessed(tmp_path: Path) -> None:
    header = real("samples/cqc_directory_header.txt").read_text(encoding="utf-8").strip().splitlines()[-1]
    rows = [cqc_row("A", "Hospital|Moon clinics", "1-1", "Lunacy"), cqc_row("B", "Moon clinics", "1-2")]
    problems = Problems()
    found = list(cqc.read(written(tmp_path, "CQC_directory.csv", "\n".join([header, *rows])), problems))
    assert [f.kind for f in found] == ["hospital"]
    assert problems.unmatched == {("cqc.service_types", "Moon clinics"): 2, ("cqc.specialisms", "Lunacy"): 1}


@pytest.mark.parametrize(
    ("contract", "status"),
    [
        ("Community", "open"), ("LPS", "open"), ("", "open"), ("DAC", None), ("Distance Selling", None), ("distance selling pharmacy", None),
        ("Spaceport", "unconfirmed"),
    ],
)  # fmt: skip
def test_a_contract_that_is_no_counter_is_no_pharmacy(tmp_path: Path, contract: str, status: str | None) -> None:
    week = ",".join(["09:00-17:00"] * 7)
    row = f"FXX01,CHEMIST,X LTD,1 HIGH ST,,B14 7ET,{contract},{week}\n"
    problems = Problems()
    found = list(pharmacy_list.read(written(tmp_path, "consol_pharmacy_list.csv", PHARMACIES + row), problems))
    assert [f.status for f in found] == ([status] if status else [])
    assert bool(problems.unmatched) is (status == "unconfirmed")


@pytest.mark.parametrize(
    "code", ["PHARMACY_ODS_CODE_F_CODE", "PHARMACY_ODS_CODE__F_CODE_", "PHARMACY_ODS_CODE_(F-CODE)"]
)
def test_the_real_header_of_the_pharmacy_list_is_found(tmp_path: Path, code: str) -> None:
    """The 25 columns of the list of 2026, and the two other ways in which older lists write the first."""
    days = "MONDAY,MON_TOTAL TUESDAY,TUES_TOTAL WEDNESDAY,WED_TOTAL THURSDAY,THURS_TOTAL FRIDAY,FRI_TOTAL SATURDAY,SAT_TOTAL SUNDAY,SUN_TOTAL"
    names = ",".join(f"PHARMACY_OPENING_HOURS_{day}" for day in days.split())
    lines = ",".join(f"ADDRESS_FIELD_{n}" for n in range(1, 5))
    head = f"{code},HEALTH_AND_WELLBEING_BOARD,PHARMACY_TRADING_NAME,ORGANISATION_NAME,{lines},POST_CODE,{names},WEEKLY_TOTAL,CONTRACT_TYPE"
    row = f"FXX01,BIRMINGHAM,CHEMIST,X LTD,1 HIGH ST,,,,B14 7ET,{'09:00-17:00,8,' * 7}56,Community"
    found, said = read(pharmacy_list.read, written(tmp_path, "consol_pharmacy_list_202606q1.csv", f"{head}\n{row}\n"))
    assert said == []
    assert len(found[0].hours or ()) == 7


def test_the_reports_that_took_the_place_of_the_ods_files_are_read(tmp_path: Path) -> None:
    """Status in words, settings as roles of the register, two of one practice with a bar between them."""
    rows = [
        ods_row(**{"0": "A00001", "12": "ACTIVE", "25": "RO76"}),
        ods_row(**{"0": "A00002", "12": "Active", "25": "RO80|RO76"}),
        ods_row(**{"0": "A00003", "12": "INACTIVE", "25": "RO76"}),
        ods_row(**{"0": "A00004", "12": "ACTIVE", "25": "RO80"}),
        ods_row(**{"0": "A00005", "12": "ACTIVE", "25": "RO999"}),
    ]
    problems = Problems()
    found = list(ods.read_gp(written(tmp_path, "epraccur.csv", "\n".join(rows)), problems))
    assert [(f.ref, f.status) for f in found] == [("A00001", "open"), ("A00002", "open"), ("A00003", "closed")]
    assert problems.unmatched == {("ods.settings", "RO999"): 1}


def test_both_successors_of_a_split_school_are_kept(tmp_path: Path) -> None:
    path = register(tmp_path, {**SCHOOL, "URN": "100002", "EstablishmentStatus (name)": "Closed"})
    links = [
        "100002,100005,x,Successor - Split School",
        "100002,100006,x,Successor - Split School",
        "100002,100007,x,Predecessor",
    ]
    written(tmp_path, "links_edubasealldata20260916.csv", "\n".join(["URN,LinkURN,LinkName,LinkType", *links]))
    found, _ = read(schools.read, path)
    assert found[0].successors == ("100005", "100006")


def test_phases_and_types_of_schools_are_the_registers_own(tmp_path: Path) -> None:
    kinds = [
        ("Community school", "Primary"), ("Local authority nursery school", "Nursery"), ("Online provider", "Not applicable"),
        ("Free schools special", "Not applicable"), ("Secure units", "Not applicable"), ("Floating school", "Seventh heaven"),
    ]  # fmt: skip
    rows = [
        {**SCHOOL, "URN": str(n), "TypeOfEstablishment (name)": type_, "PhaseOfEducation (name)": phase}
        for n, (type_, phase) in enumerate(kinds, 1)
    ]
    problems = Problems()
    found = list(schools.read(register(tmp_path, *rows), problems))
    assert [(f.ref, f.kind) for f in found] == [("1", "school"), ("2", "nursery"), ("4", "school"), ("6", "school")]
    assert problems.unmatched == {("gias.types", "Floating school"): 1, ("gias.phases", "Seventh heaven"): 1}


def packed(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name, text)
    return path


def test_a_zip_made_on_a_mac_holds_one_file(tmp_path: Path) -> None:
    inside = {"epraccur.csv": ods_row(), "__MACOSX/._epraccur.csv": "\0\5\x16\7", ".DS_Store": "x", "a/Thumbs.db": "x"}
    found, _ = read(ods.read_gp, packed(tmp_path / "epraccur.zip", **inside))
    assert [f.ref for f in found] == ["A00001"]
    text = register(tmp_path, SCHOOL, {**SCHOOL, "URN": "100002", "EstablishmentStatus (name)": "Closed"}).read_text(
        "cp1252"
    )
    inside = {
        "extract/edubasealldata20260916.csv": text,
        "extract/links_edubasealldata20260916.csv": "URN,LinkURN,LinkName,LinkType\n100002,100001,x,Successor\n",
        "__MACOSX/extract/._edubasealldata20260916.csv": "\0",
        "__MACOSX/extract/._links_edubasealldata20260916.csv": "\0",
    }
    found, _ = read(schools.read, packed(tmp_path / "extract.zip", **inside))
    assert [(f.ref, f.successors) for f in found] == [("100001", ()), ("100002", ("100001",))]


def test_two_members_that_look_alike_are_named(tmp_path: Path) -> None:
    made = packed(
        tmp_path / "epraccur.zip", **{"a/epraccur.csv": ods_row(), "b/epraccur.csv": ods_row(), "notes.txt": "x"}
    )
    with pytest.raises(FileProblem, match=r"a/epraccur.csv and b/epraccur.csv. Keep one"):
        read(ods.read_gp, made)
    old = packed(tmp_path / "old.zip", **{"epraccur.csv": ods_row(), "epraccur_old.csv": ods_row(), "notes.txt": "x"})
    assert len(read(ods.read_gp, old)[0]) == 1


def test_childminders_are_never_read(tmp_path: Path) -> None:
    text = (
        "Provider URN,Provider Name,Provider Type,Provider Status,Provider Address Line 1,Provider Town,Postcode,Places\n"
        "EY1,Invented Nursery,Childcare on non-domestic premises,Active,1 Street,Birmingham,B14 7ET,40\n"
        "EY2,REDACTED,Childminder,Active,REDACTED,REDACTED,REDACTED,6\n"
        "EY3,REDACTED,Childcare on non-domestic premises,Active,REDACTED,REDACTED,REDACTED,6\n"
    )
    found, _ = read(childcare.read, written(tmp_path, "childcare_providers_20260831.csv", text))
    assert [f.ref for f in found] == ["EY1"]


LIST = "kind,name,address,postcode,services,hours,phone,ref,checked_on\n"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("refuge,Somewhere,1 Street,B14 7ET,,,,,2026-11-01", "Refuges never enter"),
        ("family hub,The Women’s Refuge,1 Street,B14 7ET,,,,,2026-11-01", "Refuges never enter"),
        ("familly_hub,Invented Hub,1 Street,B14 7ET,,,,,2026-11-01", "Did you mean “family_hub”"),
        ("family_hub,,1 Street,B14 7ET,,,,,2026-11-01", "needs a name"),
        ("family_hub,Invented Hub,1 Street,B14 7ET,,,,,last year", "does not say when it was last checked"),
        ("family_hub,Invented Hub,1 Street,B14 7ET,,,,,", "does not say when it was last checked"),
        ("pharmacy,Chemist,1 Street,B14 7ET,,nine to five,,,2026-11-01", "The hours cannot be read"),
        (
            "pharmacy,Chemist,1 Street,B14 7ET,supervised consumption perhaps,,,,2026-11-01",
            "neither yes, no nor unknown",
        ),
    ],
)
def test_the_councils_list_names_what_is_wrong(tmp_path: Path, row: str, words: str) -> None:
    _, said = read(council_list.read, written(tmp_path, "services.csv", LIST + row + "\n"))
    assert len(said) == 1
    assert said[0].startswith("2: ")
    assert words in said[0]


def test_supervised_consumption_is_yes_no_or_not_known(tmp_path: Path) -> None:
    text = LIST + (
        "pharmacy,One,1 Street,B14 7ET,supervised_consumption=yes; needle_exchange=no,mon-fri 09:00-18:00; sat 09:00-13:00,,FXX01,2026-11-01\n"
        "pharmacy,Two,2 Street,B14 7ET,supervised_consumption=unknown,,,FXX02,01/11/2026\n"
    )
    found, said = read(council_list.read, written(tmp_path, "services.csv", text))
    assert said == []
    assert found[0].offers == {"supervised_consumption": True, "needle_exchange": False}
    assert [s["day"] for s in found[0].hours or ()] == ["mon", "tue", "wed", "thu", "fri", "sat"]
    assert (found[1].offers, found[1].hours, found[1].checked_on) == ({}, None, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("said", "yes"),
    [("Women’s Refuge", True), ("safe house", True), ("Refuse collection", False), ("Refugee centre", False)],
)
def test_what_a_refuge_is_called(said: str, yes: bool) -> None:
    assert is_refuge(said) is yes
