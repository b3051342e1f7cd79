"""Faults between cells: columns, rows and tables that contradict each other or themselves."""

from random import Random

from clean_files import ENZYMES, Case
from faults_in_cells import ACTIVITY, LIMITS, VAS
from file_grid import Grid
from planting import Place, Planted, cell, fault_class, one, place

REQUIRED = ["physician_global_cm", "patient_global_cm", "mmt", "haq_di", "extramuscular_cm"]


def _scale(text: str, factor: float) -> str:
    return text if text in {"", "NA", "."} else f"{float(text) * factor:.4g}"


def _outside(grid: Grid, column: str, top: float) -> tuple[Place, ...]:
    known = [(at, text) for at, text in enumerate(grid.column(column)) if text not in {"", "NA", "."}]
    return tuple(place(grid, at, column, "out_of_range") for at, text in known if float(text) > top)


@fault_class("millimetres in a whole column")
def all_millimetres(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    column = rng.choice([name for name in VAS if name in grid.header])
    for row in grid.rows:
        at = grid.header.index(column)
        row[at] = _scale(row[at], 10)
    places = _outside(grid, column, 10)
    return Planted(places) if places else None


@fault_class("strength on another scale")
def other_maximum(case: Case, rng: Random) -> Planted | None:
    """One visit states another maximum than the others of its subject."""
    grid = case.visits
    if "mmt_max" not in grid.header:
        return None
    subject = rng.choice(grid.column("subject_id"))
    own = [at for at, one_ in enumerate(grid.column("subject_id")) if one_ == subject]
    first = min(own, key=lambda at: float(grid.get(at, "week")))
    at = rng.choice([row for row in own if row != first])
    grid.put(at, "mmt_max", "300")
    return one(grid, at, "mmt_max", "changing_maximum")


@fault_class("names of two columns swapped")
def swapped_names(case: Case, rng: Random) -> Planted | None:
    """Columns of which one cannot hold the other's values."""
    grid = case.visits
    pairs = [("haq_di", "mmt"), ("haq_di", "physician_global_cm"), ("mmt", "extramuscular_cm"), ("haq_di", "eq5d_vas"),
             ("physician_global_cm", "cdasi_activity"), ("haq_di", "ck_u_per_l"), ("cmas", "chaq"),
             ("eq5d_pain", "eq5d_vas")]  # fmt: skip
    there = [pair for pair in pairs if set(pair) <= set(grid.header)]
    left, right = rng.choice(there)
    places = [grid.header.index(left), grid.header.index(right)]
    grid.header[places[0]], grid.header[places[1]] = right, left
    tops = {"haq_di": 3, "mmt": 80, "chaq": 3, "eq5d_pain": 5, **dict.fromkeys(VAS, 10)}
    found = tuple(
        hit for name in (left, right) if name in tops and name != "mmt" for hit in _outside(grid, name, tops[name])
    )
    also = (Place((), grid.file, None, left), Place((), grid.file, None, right))
    return Planted(found, also) if found else None


@fault_class("values of a row shifted")
def shifted(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    at = rng.randrange(len(grid.rows))
    start = rng.randint(0, len(grid.header) - 4)
    row = grid.rows[at]
    row[:] = [*row[:start], "", *row[start:-1]]
    places = tuple(place(grid, at, name) for name in grid.header)
    if not _certainly_wrong(grid, at):
        return None
    follows = [Place((), grid.file, None, name) for name in ("week", "mmt_max")]  # no baseline; another maximum than it
    return Planted((Place(ANY, grid.file, grid.number(at)),), (*places, *follows))


ANY = ("out_of_range", "not_a_number", "not_whole", "missing_value", "changing_arm", "missing_uln", "changing_maximum")


def _certainly_wrong(grid: Grid, at: int) -> bool:
    """Tell by hand whether a row cannot be: a score beyond its range, a text in a number, no key."""
    tops = {"haq_di": 3.0, "chaq": 3.0, "das": 20.0, **dict.fromkeys(VAS, 10.0)}
    for name, top in tops.items():
        if name in grid.header:
            text = grid.get(at, name)
            try:
                if text not in {"", "NA", "."} and not 0 <= float(text) <= top:
                    return True
            except ValueError:
                return True
    return grid.get(at, "subject_id") == "" or grid.get(at, "week") in {"", "NA", "."}


@fault_class("visit twice")
def twice(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    at = rng.randrange(len(grid.rows))
    grid.rows.append(list(grid.rows[at]))
    return one(grid, len(grid.rows) - 1, "week", "duplicate_visit")


@fault_class("no visit at baseline")
def no_baseline(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    case.baseline_week = 0.0
    subject = rng.choice(grid.column("subject_id"))
    grid.rows[:] = [
        row
        for row, one_, week in zip(grid.rows, grid.column("subject_id"), grid.column("week"), strict=True)
        if one_ != subject or week != "0"
    ]
    own = [at for at, one_ in enumerate(grid.column("subject_id")) if one_ == subject]
    first = min(own, key=lambda at: float(grid.get(at, "week")))
    return one(grid, first, "week", "no_baseline")


@fault_class("another arm at a visit")
def other_arm(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    if "arm" not in grid.header:
        return None
    subjects = grid.column("subject_id")
    at = rng.choice([row for row, one_ in enumerate(subjects) if one_ in subjects[:row]])
    grid.put(at, "arm", rng.choice(["Active", "PLACEBO", "open label", "activ"]))
    return one(grid, at, "arm", "changing_arm")


@fault_class("required column missing")
def no_column(case: Case, rng: Random) -> Planted | None:
    name = rng.choice(["subject_id", "week", "mmt", "physician_global_cm"])
    drop(case.visits, name)
    return one(case.visits, None, name, "missing_column")


def drop(grid: Grid, name: str) -> None:
    at = grid.header.index(name)
    for row in (grid.header, *grid.rows):
        del row[at]


@fault_class("enzyme without a column of limits")
def no_limits(case: Case, rng: Random) -> Planted | None:
    there = [name for name in LIMITS if name in case.visits.header]
    if not there:
        return None
    name = rng.choice(there)
    drop(case.visits, name)
    return one(case.visits, None, name, "missing_column")


@fault_class("name of a column misspelt")
def misspelt(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    name = rng.choice(
        [column for column in grid.header if column not in {"comment", "day", "arm", "das", "cmas", "chaq"}]
    )
    at = grid.header.index(name)
    wrong = rng.choice([_slip(name, rng), name.upper(), name.title(), name.replace("_", " "), name.replace("_", ".")])
    if wrong == name:
        return None
    grid.header[at] = wrong
    places = (Place(("missing_column", "unknown_column"), grid.file, None, None),)
    uln = tuple(place(grid, None, other) for other in LIMITS)
    return Planted(places, (*uln, Place((), grid.file, None, wrong), Place((), grid.file, None, name)))


def _slip(name: str, rng: Random) -> str:
    """One letter left out, doubled or swapped, behind the first word."""
    at = rng.randint(name.find("_") + 1 if "_" in name else 1, len(name) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    return name[:at] + name[at] + name[at:] if kind == 1 else name[:at] + name[at + 1] + name[at] + name[at + 2 :]


@fault_class("name of a column twice")
def name_twice(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    if grid.style.kind == "parquet":
        return None
    name = rng.choice(["week", "mmt", "haq_di", "patient_global_cm"])
    grid.header.append(name)
    for row in grid.rows:
        row.append(row[grid.header.index(name)])
    return one(grid, None, name, "duplicate_column")


@fault_class("two units at once")
def two_units(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    there = [name for name in (*ACTIVITY, *LIMITS) if name in grid.header]
    if not there:
        return None
    name = rng.choice(there)
    here, other = ("_ukat_", "_u_") if "_ukat_" in name else ("_u_", "_ukat_")
    grid.header.append(name.replace(here, other))
    for row in grid.rows:
        row.append(_scale(row[grid.header.index(name)], 60 if here == "_ukat_" else 1 / 60))
    column = (grid.header[-1], name)["_ukat_" in name]
    return one(grid, None, column, "two_units")


@fault_class("microkatal in a column of U/L", "visits", "folder")
def microkatal(case: Case, rng: Random) -> Planted | None:
    """Values and limits in µkat/L under the names of U/L: no value is out of range, so a note is due."""
    grid = case.visits
    there = [enzyme for enzyme in ENZYMES if f"{enzyme}_u_per_l" in grid.header]
    if not there:
        return None
    enzyme = rng.choice(there)
    for name in (f"{enzyme}_u_per_l", f"{enzyme}_uln_u_per_l"):
        at = grid.header.index(name)
        for row in grid.rows:
            row[at] = _scale(row[at], 1 / 60)
    return Planted(note=f"{enzyme}_uln_u_per_l")


@fault_class("one limit in another unit", "visits", "folder")
def one_limit(case: Case, rng: Random) -> Planted | None:
    """One limit of normal sixty times another in its column: suspicious, and a note."""
    found = cell(case.visits, rng, LIMITS)
    if found is None:
        return None
    at, column = found
    text = _scale(case.visits.get(at, column), 60 if "_ukat_" in column else 1 / 60)
    case.visits.put(at, column, text.replace(".", case.visits.style.decimal))
    return Planted(note=column)


@fault_class("week and day swapped", "visits", "folder")
def week_and_day(case: Case, rng: Random) -> Planted | None:
    """Exchange the names of week and day: the days then are far from their weeks."""
    grid = case.visits
    if "day" not in grid.header or case.baseline_week is not None or "-4" in grid.column("week"):
        return None
    left, right = grid.header.index("day"), grid.header.index("week")
    grid.header[left], grid.header[right] = "week", "day"
    return Planted(note="day")


@fault_class("code of nines within the range", "visits", "folder")
def quiet_nines(case: Case, rng: Random) -> Planted | None:
    """Put the same 999 into several cells of an enzyme: no value is out of range, so a note is due."""
    there = [name for name in ACTIVITY if name in case.visits.header]
    if not there:
        return None
    column, text = rng.choice(there), rng.choice(["999", "9999"])
    for at in rng.sample(range(len(case.visits.rows)), 3):
        case.visits.put(at, column, text)
    return Planted(note=column)


@fault_class("arms that differ in letters only", "visits")
def letters(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    if "arm" not in grid.header or len(set(grid.column("arm"))) < 2:
        return None
    arm = rng.choice(sorted(set(grid.column("arm"))))
    ids = sorted({s for s, a in zip(grid.column("subject_id"), grid.column("arm"), strict=True) if a == arm})
    if len(ids) < 2:
        return None
    for at, subject in enumerate(grid.column("subject_id")):
        if subject == ids[0]:
            grid.put(at, "arm", rng.choice([arm.upper(), arm.title()]) if at < 0 else arm.upper())
    return Planted(note=arm.upper())


@fault_class("subjects that differ in letters only", "visits")
def same_subject(case: Case, rng: Random) -> Planted | None:
    grid = case.visits
    case.baseline_week = None
    ids = grid.column("subject_id")
    rows = [at for at, subject in enumerate(ids) if subject in ids[:at] and subject.lower() != subject]
    if not rows:
        return None
    at = rng.choice(rows)
    grid.put(at, "subject_id", ids[at].lower())
    return Planted(note=ids[at].lower())
