"""Faults of single cells: what cannot be a value, or not the value of its column."""

from random import Random

from clean_files import ENZYMES, Case
from planting import Mutator, Place, Planted, cell, fault_class, one

VAS = ["physician_global_cm", "patient_global_cm", "extramuscular_cm", "physician_damage_cm"]
WHOLE = ["day", "cdasi_activity", "cdasi_damage", "eq5d_mobility", "eq5d_self_care", "eq5d_usual_activities",
         "eq5d_pain", "eq5d_anxiety", "cmas"]  # fmt: skip
TOP = {"haq_di": "3.125", "cdasi_activity": "101", "cdasi_damage": "33", "eq5d_mobility": "6", "eq5d_pain": "6",
       "eq5d_vas": "101", "cmas": "53", "chaq": "3.125", "das": "21", "week": "5201",
       **dict.fromkeys(VAS, "10.1")}  # fmt: skip
ACTIVITY = [f"{enzyme}_{unit}_per_l" for enzyme in ENZYMES for unit in ("u", "ukat")]
LIMITS = [f"{enzyme}_uln_{unit}_per_l" for enzyme in ENZYMES for unit in ("u", "ukat")]
NUMBERS = [*VAS, "mmt", "haq_di", "day", "eq5d_vas", *ACTIVITY, *LIMITS, *WHOLE[1:]]


def text_cell(name: str, *texts: str) -> None:
    """Register a class that puts a text where a number is due."""

    @fault_class(name)
    def plant(case: Case, rng: Random) -> Planted | None:
        at, column = cell(case.visits, rng, NUMBERS) or (0, "mmt")
        case.visits.put(at, column, rng.choice(texts))
        return one(case.visits, at, column, "not_a_number")


text_cell("text in a number", "one hundred", "1O9", "high", "see notes", "x", "12a", "5.5.5", "6;5 cm")
text_cell("not done", "ND", "not done", "?", "-", "missing")
text_cell("censored value", "<0.5", ">10", "≤ 5", "<5", "~7", "> 9999")
text_cell("Excel's error", "#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "########")
text_cell("date made by Excel", "5-Jan", "Jan-05", "01.Feb", "2024-03-01", "3/5/2024", "01/02/24", "5. Mai")
text_cell("unit beside the number", "5 cm", "900 U/L", "5.5cm", "120 points", "3 µkat/L")
text_cell("percent sign", "50%", "5.5 %", "100 %")
text_cell("full-width digits", "５.５", "１２０", "５", "７．５")
text_cell("Arabic digits", "٥", "١٢٠", "٥٫٥", "۷", "۱۲۰")
text_cell("other digits of Unicode", "५.५", "²", "½", "5½", "Ⅴ", "৭")
text_cell("blank within the number", "1 234", "1\u00a0234", "1\u202f234", "5 .5", "1 2")
text_cell("invisible character", "\u200b5.5", "5\u200b", "\u20605", "5\u00ad", "\ufeff7", "5\u200e")
text_cell("sign of printed text", "−4", "–4", "—4", "‐4", "－4")
text_cell("other exponent or base", "1d3", "0x1F", "1e", "1E+", "1*10^3", "1_000", "1'234")
text_cell("fraction or range", "1/2", "5-6", "5 to 6", "5±1", "5/10")
text_cell("infinity", "inf", "-inf", "Infinity", "+inf", "1e999")
text_cell("logical word", "TRUE", "False", "yes", "no")


@fault_class("above the range")
def above(case: Case, rng: Random) -> Planted | None:
    at, column = cell(case.visits, rng, list(TOP)) or (0, "week")
    text = rng.choice([TOP[column], str(int(float(TOP[column])) + rng.randint(10, 500))])
    case.visits.put(at, column, text.replace(".", case.visits.style.decimal))
    return one(case.visits, at, column, "out_of_range")


@fault_class("strength above its maximum")
def too_strong(case: Case, rng: Random) -> Planted | None:
    at, _ = cell(case.visits, rng, ["mmt"]) or (0, "")
    top = int(case.visits.get(at, "mmt_max")) if "mmt_max" in case.visits.header else 150
    case.visits.put(at, "mmt", str(top + rng.choice([1, 5, 40])))
    return one(case.visits, at, "mmt", "out_of_range")


@fault_class("negative")
def negative(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, [*VAS, "mmt", "haq_di", "eq5d_vas", *ACTIVITY, *WHOLE[1:]])
    if found is None:
        return None
    case.visits.put(*found, rng.choice(["-1", "-5", "-9", "-99", "-999"]))
    return one(case.visits, *found, "out_of_range")


@fault_class("millimetres in one cell")
def millimetres(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, VAS)
    if found is None:
        return None
    case.visits.put(*found, str(rng.randint(11, 100)))
    return one(case.visits, *found, "out_of_range")


@fault_class("code of nines beyond the range")
def nines(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, [*VAS, "haq_di", "eq5d_pain", "cmas", "das", "mmt"], filled=False)
    if found is None:
        return None
    case.visits.put(*found, rng.choice(["999", "9999", "888", "-9", "-99"]))
    return one(case.visits, *found, "out_of_range")


@fault_class("half where a whole number is due")
def half(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, WHOLE)
    if found is None:
        return None
    at, column = found
    case.visits.put(at, column, f"{rng.randint(1, 4)}{case.visits.style.decimal}{rng.choice(['5', '25', '1'])}")
    return one(case.visits, at, column, "not_whole")


@fault_class("limit of normal of zero")
def zero_limit(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, LIMITS)
    if found is None:
        return None
    case.visits.put(*found, rng.choice(["0", "-1", "-200"]))
    return one(case.visits, *found, "out_of_range")


@fault_class("limit of normal missing")
def no_limit(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, LIMITS)
    if found is None:
        return None
    at, column = found
    if case.visits.get(at, column.replace("_uln", "")) == "":
        return None
    case.visits.put(at, column, rng.choice(["", "NA", "."]))
    return one(case.visits, at, column, "missing_uln")


def _point_file(case: Case) -> bool:
    return case.visits.style.decimal == "." and any("." in text for text in case.visits.column("patient_global_cm"))


@fault_class("thousands separator")
def thousands(case: Case, rng: Random) -> Planted | None:
    """Commas in a file with points; points in a file with commas; apostrophes and both anywhere."""
    found = cell(case.visits, rng, [*ACTIVITY, *LIMITS, "mmt"])
    if found is None:
        return None
    texts = ["1,234", "2,500", "1,234,567"] if _point_file(case) else ["2.500,5", "1.234.567", "12.345,6"]
    case.visits.put(*found, rng.choice([*texts, "1'234", "1 234"]))
    return one(case.visits, *found, "not_a_number")


@fault_class("the other decimal mark")
def other_mark(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, [*VAS, "haq_di"])
    if found is None:
        return None
    case.visits.put(*found, rng.choice(["2,5", "0,75"]) if _point_file(case) else rng.choice(["2.5", "0.75"]))
    return one(case.visits, *found, "not_a_number")


@fault_class("date as a number")
def date_number(case: Case, rng: Random) -> Planted | None:
    found = cell(case.visits, rng, ["day", "week", "week"])
    if found is None:
        return None
    case.visits.put(*found, str(rng.randint(43000, 46000)))
    return one(case.visits, *found, "out_of_range")


@fault_class("week in words")
def week_in_words(case: Case, rng: Random) -> Planted | None:
    at = rng.randrange(len(case.visits.rows))
    case.visits.put(at, "week", rng.choice(["Week 4", "baseline", "W12", "2024-05-06", "EOS", "V3", "4w"]))
    return one(case.visits, at, "week", "not_a_number")


@fault_class("key left empty")
def empty_key(case: Case, rng: Random) -> Planted | None:
    at, column = rng.randrange(len(case.visits.rows)), rng.choice(["subject_id", "week"])
    case.visits.put(at, column, rng.choice(["", " ", "NA", "."]))
    told = one(case.visits, at, column, "missing_value")
    nobody = Place(("no_baseline",), case.visits.file, None, "week")  # a baseline visit that is nobody's
    return Planted(told.places, (nobody,) if column == "subject_id" else ())


@fault_class("several faults at once")
def several(case: Case, rng: Random) -> Planted | None:
    """Up to eight cells of different columns and rows: all of them are told."""
    grid = case.visits
    columns = [name for name in [*VAS, "haq_di", "mmt", "eq5d_vas"] if name in grid.header]
    rows = rng.sample(range(len(grid.rows)), min(len(grid.rows), rng.randint(3, 8)))
    places = []
    for at in rows:
        column = rng.choice(columns)
        text, code = rng.choice([("high", "not_a_number"), ("2000", "out_of_range"), ("-3", "out_of_range")])
        grid.put(at, column, text)
        places += one(grid, at, column, code).places
    return Planted(tuple(places))


def in_table(name: str, table: str, columns: dict[str, list[str]], code: str) -> Mutator:
    """Register a class that spoils a cell of another table of a folder."""

    @fault_class(name, "folder")
    def plant(case: Case, rng: Random) -> Planted | None:
        grid = case.grids.get(table)
        found = cell(grid, rng, list(columns), filled=False) if grid else None
        if grid is None or found is None:
            return None
        grid.put(*found, rng.choice(columns[found[1]]))
        return one(grid, *found, code)

    return plant


in_table("unknown kind of event", "events", {"kind": ["resque", "withdrawn", "Rescue", "discontinued"]},
         "unknown_choice")  # fmt: skip
in_table("unknown word in doses", "doses", {"per": ["daily", "month", "d"], "route": ["po", "Oral", "iv"],
         "purpose": ["backgrnd", "other"]}, "unknown_choice")  # fmt: skip
in_table("unknown severity", "adverse_events", {"severity": ["sever", "grade 3", "3", "life-threatening"]},
         "unknown_choice")  # fmt: skip
in_table("neither yes nor no", "adverse_events", {"serious": ["maybe", "2", "x"], "related": ["possible", "unlikely"]},
         "not_a_flag")  # fmt: skip
in_table("age that cannot be", "subjects", {"age_years": ["430", "-4", "121", "1961"]}, "out_of_range")
in_table("half a day", "events", {"day": ["30.5", "1.2"]}, "not_whole")
in_table("day in words", "infusions", {"day": ["day 4", "2021-05-06", "?"]}, "not_a_number")
in_table("negative dose", "doses", {"dose_mg": ["-20", "-1"]}, "out_of_range")
in_table("dose left empty", "doses", {"dose_mg": ["", "NA"], "start_day": [""], "per": [""]}, "missing_value")
in_table("dose of too many grams", "infusions", {"dose_g": ["30000", "1001"]}, "out_of_range")
