"""Valid inputs of every kind, as many as there are seeds: visit tables, study folders, items and facts."""

from dataclasses import dataclass
from random import Random

import polars as pl
from file_grid import Grid, any_style

from myotrial.instruments.definition import load_instrument
from myotrial.instruments.scoring import score_instrument

KINDS = ("visits", "folder", "items", "facts")
ENZYMES = {"ck": (60, 9000, 190), "aldolase": (3, 60, 8), "ldh": (120, 1500, 245), "ast": (12, 600, 40),
           "alt": (10, 500, 45)}  # fmt: skip
DOMAINS = ("mobility", "self_care", "usual_activities", "pain", "anxiety")
ITEMS = {"das": "das", "cmas": "cmas", "cdasi": "cdasi_activity", "haq-di": "haq_di", "chaq": "chaq",
         "mmt8-bilateral": "mmt"}  # fmt: skip
"""Instrument → the column of the visit table that holds its total."""


@dataclass(slots=True)
class Case:
    """One input: its tables, and the week of the baseline where it is stated."""

    kind: str
    grids: dict[str, Grid]
    baseline_week: float | None = None

    @property
    def visits(self) -> Grid:
        return self.grids["visits"]


def make_case(kind: str, rng: Random) -> Case:
    """Return a valid input of one kind."""
    if kind == "facts":
        return Case(kind, {"facts": _facts(rng)})
    visits = _visits(rng)
    case = Case(kind, {"visits": visits}, rng.choice([0.0, None]))
    if kind == "folder":
        _add_tables(case, rng)
    if kind == "items":
        _add_items(case, rng)
    return case


def _visits(rng: Random) -> Grid:
    subjects = _subjects(rng, rng.randint(3, 8))
    weeks = rng.choice([(0, 4, 8, 12), (0, 2, 4), (0, 12, 24, 36, 52), (0, 4, 16)])
    screened = rng.random() < 0.15
    maximum = rng.choice([None, None, "150", "260", "80"])
    enzymes = rng.sample(sorted(ENZYMES), rng.choice([0, 1, 3, 5]))
    units = {enzyme: rng.choice(["u", "u", "ukat"]) for enzyme in enzymes}
    more = [name for name in ("cdasi", "damage", "eq5d", "cmas", "chaq", "das", "chq") if rng.random() < 0.35]
    use = {name: rng.random() < 0.6 for name in ("day", "arm", "comment")}
    arms = {subject: rng.choice(["active", "placebo"]) for subject in subjects}
    records: list[dict[str, str]] = []
    for subject in subjects:
        limits = {enzyme: ENZYMES[enzyme][2] * rng.uniform(0.9, 1.1) for enzyme in enzymes}
        for week in (-4, *weeks) if screened else weeks:
            row = {"subject_id": subject, "week": str(week)}
            row |= {"day": str(7 * week + (1 if week >= 0 else 0))} if use["day"] else {}
            row |= {"arm": arms[subject]} if use["arm"] else {}
            row |= _core(rng, maximum)
            for enzyme in enzymes:
                row |= _enzyme(rng, enzyme, units[enzyme], limits[enzyme])
            for name in more:
                row |= _optional(rng, name)
            row |= {"comment": rng.choice(["", "well", "cold, cough", "rash; better"])} if use["comment"] else {}
            records.append(row)
    if rng.random() < 0.3:
        rng.shuffle(records)
    return _grid("visits", records, rng)


def _subjects(rng: Random, count: int) -> list[str]:
    pattern = rng.choice(["S{:02}", "01-{:03}", "10{:02}", "site 1/{}", "Å-{:02}", "{:04}"])
    return [pattern.format(number) for number in range(1, count + 1)]


def _grid(name: str, records: list[dict[str, str]], rng: Random) -> Grid:
    header = list(records[0])
    if name == "visits" and rng.random() < 0.3:
        rng.shuffle(header)
    return Grid(name, header, [[record[column] for column in header] for record in records], any_style(rng))


def _core(rng: Random, maximum: str | None) -> dict[str, str]:
    top = int(maximum or 150)
    row = {
        "physician_global_cm": _tenths(rng, 100),
        "patient_global_cm": _tenths(rng, 100),
        "mmt": str(rng.randint(top // 2, top)),
        "haq_di": f"{rng.randint(0, 24) / 8:g}",
        "extramuscular_cm": _tenths(rng, 100),
    }
    if maximum:
        row["mmt_max"] = maximum
    for name in ("patient_global_cm", "haq_di", "mmt"):
        if rng.random() < 0.04:
            row[name] = rng.choice(["", "", "NA", "."])
    return row


def _tenths(rng: Random, top: int) -> str:
    return f"{rng.randint(0, top) / 10:.1f}"


def _enzyme(rng: Random, enzyme: str, unit: str, limit: float) -> dict[str, str]:
    low, high, _ = ENZYMES[enzyme]
    value = low * (high / low) ** rng.random()
    if unit == "ukat":
        cells = (f"{value / 60:.2f}", f"{limit / 60:.2f}")
        names = (f"{enzyme}_ukat_per_l", f"{enzyme}_uln_ukat_per_l")
    else:
        cells = (f"{value:.1f}", f"{limit:.1f}") if enzyme == "aldolase" else (f"{value:.0f}", f"{limit:.0f}")
        names = (f"{enzyme}_u_per_l", f"{enzyme}_uln_u_per_l")
    return dict(zip(names, ("" if rng.random() < 0.04 else cells[0], cells[1]), strict=True))


def _optional(rng: Random, name: str) -> dict[str, str]:
    columns = {
        "cdasi": {"cdasi_activity": str(rng.randint(0, 60)), "cdasi_damage": str(rng.randint(0, 20))},
        "damage": {"physician_damage_cm": _tenths(rng, 60)},
        "eq5d": {f"eq5d_{domain}": str(rng.randint(1, 5)) for domain in DOMAINS}
        | {"eq5d_vas": str(rng.randint(5, 98))},
        "cmas": {"cmas": str(rng.randint(5, 52))},
        "chaq": {"chaq": f"{rng.randint(0, 24) / 8:g}"},
        "das": {"das": str(rng.randint(0, 20))},
        "chq": {"chq_phs": f"{rng.uniform(20, 58):.1f}"},
    }
    return columns[name]


def _ids(case: Case) -> list[str]:
    return list(dict.fromkeys(case.visits.column("subject_id")))


def _add_tables(case: Case, rng: Random) -> None:
    ids = _ids(case)
    visits = case.visits
    arms = dict(zip(visits.column("subject_id"), visits.column("arm"), strict=True)) if "arm" in visits.header else {}
    records = {
        "subjects": [
            {"subject_id": one, "arm": arms.get(one) or rng.choice(["active", "placebo"]), "site": "01",
             "age_years": str(rng.randint(19, 80)), "sex": rng.choice(["female", "male"]),
             "diagnosis": "dermatomyositis", "first_dose_date": "2021-03-01", "last_day": str(rng.randint(80, 370)),
             "completed": rng.choice(["yes", "no"])}
            for one in ids
        ],
        "events": [
            {"subject_id": rng.choice(ids), "day": str(rng.randint(2, 300)),
             "kind": rng.choice(["rescue", "discontinued_study", "protocol_deviation", "completed_treatment"]),
             "reason": rng.choice(["", "flare"])}
            for _ in range(rng.randint(1, 6))
        ],
        "doses": [
            {"subject_id": one, "drug": "prednisone", "start_day": str(10 * place - 40),
             "end_day": rng.choice(["", str(10 * place - 30)]), "dose_mg": rng.choice(["20", "7.5", "12.5"]),
             "per": rng.choice(["day", "week"]), "route": "oral", "purpose": rng.choice(["background", "rescue"])}
            for place, one in enumerate(ids)
        ],
        "infusions": [
            {"subject_id": rng.choice(ids), "day": str(rng.randint(1, 300)), "dose_g": _tenths(rng, 900)}
            for _ in range(rng.randint(1, 6))
        ],
        "adverse_events": [
            {"subject_id": rng.choice(ids), "term": rng.choice(["headache", "rash"]), "start_day": str(start),
             "end_day": rng.choice(["", str(start + 3)]), "severity": rng.choice(["mild", "moderate", "severe"]),
             "serious": rng.choice(["yes", "no"]), "related": rng.choice(["yes", "no"])}
            for start in rng.sample(range(-20, 300), rng.randint(1, 6))
        ],
    }  # fmt: skip
    for name, rows in records.items():
        if name == "subjects" or rng.random() < 0.8:
            case.grids[name] = _grid(name, rows, rng)


def _add_items(case: Case, rng: Random) -> None:
    """Add items of one instrument at every visit, with the total beside them in the visit table."""
    instrument = rng.choice(sorted(ITEMS))
    total = ITEMS[instrument]
    visits = case.visits
    if instrument == "mmt8-bilateral" and "mmt_max" in visits.header:
        instrument, total = "das", "das"
    records = []
    keys = [(visits.get(at, "subject_id"), visits.get(at, "week")) for at in range(len(visits.rows))]
    for subject, week in keys:
        for item in load_instrument(instrument).items:
            step = item.step or 1
            value = item.low + step * rng.randint(0, round((item.high - item.low) / step))
            records.append({"subject_id": subject, "week": week, "instrument": instrument, "item": item.id,
                            "value": f"{value:g}"})  # fmt: skip
    items = pl.DataFrame(records).with_columns(pl.col("week", "value").cast(pl.Float64))
    scored = {(row["subject_id"], row["week"]): row for row in score_instrument(instrument, items).frame.to_dicts()}
    if total not in visits.header:
        visits.header.append(total)
        for row in visits.rows:
            row.append("")
    for at, (subject, week) in enumerate(keys):
        given = scored[subject, float(week)]
        for name in {total, "cdasi_damage"} & set(visits.header):
            if total == name or instrument == "cdasi":
                visits.rows[at][visits.header.index(name)] = f"{given['mmt8' if name == 'mmt' else name]:g}"
    case.grids["items"] = _grid("items", records, rng)


def _facts(rng: Random) -> Grid:
    flags = ["proximal_upper_weakness", "neck_flexor_weakness", "heliotrope", "gottron_sign", "dysphagia", "anti_jo1",
             "improved_with_treatment", "raynaud", "ild", "mechanics_hands"]  # fmt: skip
    records = []
    for subject in _subjects(rng, rng.randint(2, 8)):
        row = {"subject_id": subject, "onset_age_years": str(rng.randint(18, 85)),
               "months_since_diagnosis": str(rng.randint(0, 200)), "physician_global_cm": _tenths(rng, 100),
               "methotrexate_months": str(rng.randint(0, 60))}  # fmt: skip
        row |= {name: rng.choice(["yes", "no", "", "1", "0", "TRUE"]) for name in flags}
        done = rng.choice(["yes", "no"])
        row["biopsy_done"] = done
        row["rimmed_vacuoles"] = rng.choice(["yes", "no", ""]) if done == "yes" else ""
        row["arthritis"] = rng.choice(["yes", "no", ""])
        row["articular_involvement"] = rng.choice(["yes", ""]) if row["arthritis"] == "yes" else "no"
        if row["articular_involvement"] == "no" and row["arthritis"] == "":
            row["arthritis"] = "no"
        records.append(row)
    return _grid("facts", records, rng)
