"""Faults between the tables of a folder, among items, and among facts."""

from random import Random

from clean_files import ITEMS, Case
from faults_in_tables import drop
from file_grid import Grid
from planting import Place, Planted, cell, fault_class, one


@fault_class("subject that is not in the list", "folder")
def stranger(case: Case, rng: Random) -> Planted | None:
    others = [name for name in case.grids if name != "subjects"]
    grid = case.grids[rng.choice(others)]
    case.baseline_week = None
    at = rng.randrange(len(grid.rows))
    grid.put(at, "subject_id", rng.choice(["ZZ99", "Х-1", "unknown person", grid.get(at, "subject_id") + "x"]))
    return one(grid, at, "subject_id", "unknown_subject")


@fault_class("arm of the visits against the list", "folder")
def arms_differ(case: Case, rng: Random) -> Planted | None:
    grid, visits = case.grids["subjects"], case.visits
    if "arm" not in visits.header:
        return None
    at = rng.randrange(len(grid.rows))
    grid.put(at, "arm", {"active": "placebo", "placebo": "active"}[grid.get(at, "arm")])
    first = visits.column("subject_id").index(grid.get(at, "subject_id"))
    return one(visits, first, "arm", "other_arm")


@fault_class("subject twice in the list", "folder")
def subject_twice(case: Case, rng: Random) -> Planted | None:
    grid = case.grids["subjects"]
    grid.rows.append(list(rng.choice(grid.rows)))
    return one(grid, len(grid.rows) - 1, "subject_id", "duplicate_row")


@fault_class("dose twice", "folder")
def dose_twice(case: Case, rng: Random) -> Planted | None:
    grid = case.grids.get("doses")
    if grid is None:
        return None
    grid.rows.append(list(rng.choice(grid.rows)))
    return one(grid, len(grid.rows) - 1, "subject_id", "duplicate_row")


@fault_class("end before the start", "folder")
def early_end(case: Case, rng: Random) -> Planted | None:
    grid = case.grids.get(rng.choice(["doses", "adverse_events"]))
    if grid is None:
        return None
    at = rng.randrange(len(grid.rows))
    grid.put(at, "end_day", str(int(grid.get(at, "start_day")) - rng.randint(1, 30)))
    return one(grid, at, "end_day", "ends_early")


@fault_class("required column of another table missing", "folder")
def no_other_column(case: Case, rng: Random) -> Planted | None:
    name = rng.choice([name for name in case.grids if name not in {"visits", "subjects"}] or ["subjects"])
    column = {"events": "kind", "doses": "route", "infusions": "day", "adverse_events": "serious"}.get(
        name, "subject_id"
    )
    drop(case.grids[name], column)
    return one(case.grids[name], None, column, "missing_column")


@fault_class("visit after death", "folder")
def ghost(case: Case, rng: Random) -> Planted | None:
    """Let a subject die before a visit; what else it has after that day is told too."""
    events, visits = case.grids.get("events"), case.visits
    if events is None or "day" not in visits.header:
        return None
    at = rng.choice([row for row in range(len(visits.rows)) if int(visits.get(row, "week")) > 0])
    subject = visits.get(at, "subject_id")
    events.rows.append([{"subject_id": subject, "day": "2", "kind": "death"}.get(name, "") for name in events.header])
    others = tuple(Place(("after_death",), grid.file) for grid in case.grids.values())
    return Planted(one(visits, at, "day", "after_death").places, others)


# --- items ---


def _items(case: Case, rng: Random) -> tuple[Grid, int]:
    grid = case.grids["items"]
    return grid, rng.randrange(len(grid.rows))


@fault_class("item out of its range", "items")
def item_range(case: Case, rng: Random) -> Planted | None:
    grid, at = _items(case, rng)
    grid.put(at, "value", rng.choice(["99", "-1", "12", "100"]))
    return one(grid, at, "value", "out_of_range")


@fault_class("half of an item", "items")
def item_half(case: Case, rng: Random) -> Planted | None:
    grid, at = _items(case, rng)
    grid.put(at, "value", "0,5" if grid.style.decimal == "," else "0.5")
    return one(grid, at, "value", "off_step")


@fault_class("text for an item", "items")
def item_text(case: Case, rng: Random) -> Planted | None:
    grid, at = _items(case, rng)
    grid.put(at, "value", rng.choice(["two", "x", "3-", "n.a"]))
    return one(grid, at, "value", "not_a_number")


@fault_class("item that is not known", "items")
def item_name(case: Case, rng: Random) -> Planted | None:
    grid, at = _items(case, rng)
    grid.put(at, "item", grid.get(at, "item") + rng.choice(["x", "_", " 2"]))
    return one(grid, at, "item", "unknown_item")


@fault_class("item twice", "items")
def item_twice(case: Case, rng: Random) -> Planted | None:
    grid, at = _items(case, rng)
    grid.rows.append([*grid.rows[at][:-1], grid.rows[at][-1]])
    return one(grid, len(grid.rows) - 1, "subject_id", "duplicate_row")


@fault_class("instrument that is not known", "items")
def instrument_name(case: Case, rng: Random) -> Planted | None:
    grid, at = _items(case, rng)
    grid.put(at, "instrument", rng.choice(["HAQ", "haqdi", "cmass", "unknown"]))
    return one(grid, at, "instrument", "unknown_instrument")


@fault_class("total that contradicts the items", "items")
def wrong_total(case: Case, rng: Random) -> Planted | None:
    instrument = case.grids["items"].get(0, "instrument")
    total = ITEMS[instrument]
    at = rng.randrange(len(case.visits.rows))
    now = float(case.visits.get(at, total))
    step = 0.125 if total in {"haq_di", "chaq"} else 1.0
    new = now - step if now >= step else now + step
    case.visits.put(at, total, f"{new:g}".replace(".", case.visits.style.decimal))
    return one(case.visits, at, total, "contradicts_items")


# --- facts ---


@fault_class("fact that is neither yes nor no", "facts")
def bad_flag(case: Case, rng: Random) -> Planted | None:
    grid = case.grids["facts"]
    found = cell(grid, rng, ["heliotrope", "dysphagia", "anti_jo1", "ild"], filled=False)
    if found is None:
        return None
    grid.put(*found, rng.choice(["maybe", "2", "positive", "ja", "-1", "?"]))
    return one(grid, *found, "not_a_flag")


@fault_class("number of a fact out of range", "facts")
def bad_number(case: Case, rng: Random) -> Planted | None:
    grid = case.grids["facts"]
    text = {"onset_age_years": "145", "physician_global_cm": "63", "months_since_diagnosis": "-3",
            "methotrexate_months": "1201"}  # fmt: skip
    found = cell(grid, rng, list(text))
    if found is None:
        return None
    grid.put(*found, text[found[1]])
    return one(grid, *found, "out_of_range")


@fault_class("text in a fact's number", "facts")
def fact_text(case: Case, rng: Random) -> Planted | None:
    grid = case.grids["facts"]
    found = cell(grid, rng, ["onset_age_years", "physician_global_cm", "months_since_diagnosis"])
    if found is None:
        return None
    grid.put(*found, rng.choice(["forty", "45y", "<18", "4.5.6", "３"]))
    return one(grid, *found, "not_a_number")


@fault_class("fact that nobody knows", "facts")
def unknown_fact(case: Case, rng: Random) -> Planted | None:
    grid = case.grids["facts"]
    at = grid.header.index(rng.choice(["heliotrope", "ild", "anti_jo1", "dysphagia"]))
    grid.header[at] += rng.choice(["s", "_1", "x"])
    return Planted((Place(("unknown_column",), grid.file, None, grid.header[at]),))


@fault_class("facts that contradict each other", "facts")
def clash(case: Case, rng: Random) -> Planted | None:
    """Let a biopsy that was not done show something, a part be yes whose whole is no, or an age contradict a flag."""
    grid = case.grids["facts"]
    at = rng.randrange(len(grid.rows))
    kind = rng.randrange(3)
    if kind == 0:
        grid.put(at, "biopsy_done", "no")
        grid.put(at, "rimmed_vacuoles", "yes")
        return Planted((Place(("contradiction",), grid.file, grid.number(at), "rimmed_vacuoles"),))
    if kind == 1:
        grid.put(at, "articular_involvement", "no")
        grid.put(at, "arthritis", "yes")
        return Planted((Place(("contradiction",), grid.file, grid.number(at), "articular_involvement"),))
    grid.header.append("adult_onset")
    for row in grid.rows:
        row.append("")
    grid.put(at, "onset_age_years", "12")
    grid.put(at, "adult_onset", "yes")
    return Planted((Place(("contradiction",), grid.file, grid.number(at), "adult_onset"),))


@fault_class("subject twice among facts", "facts")
def facts_twice(case: Case, rng: Random) -> Planted | None:
    grid = case.grids["facts"]
    grid.rows.append(list(rng.choice(grid.rows)))
    return Planted((Place(("duplicate_subject",), grid.file, grid.number(len(grid.rows) - 1), "subject_id"),))
