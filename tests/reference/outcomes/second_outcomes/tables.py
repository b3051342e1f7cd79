"""One study as rows of text: subjects with their visits, events, doses, infusions and adverse events."""

from fractions import Fraction
from functools import cache

exact = cache(Fraction)
"""A decimal as written, as the fraction that it is; each is read once."""


def number(row, column):
    """Give a value as a fraction of its decimal; None where there is none."""
    text = row.get(column)
    return None if text in {None, ""} else exact(text)


def day_of(row, column):
    """Give a day as a whole number; None where there is none."""
    found = number(row, column)
    return None if found is None else int(found)


def answer_of(row, column):
    """Give true or false as written; None where nothing is written."""
    return {"true": True, "false": False}.get((row.get(column) or "").strip().lower())


def by_subject(rows):
    """Sort rows by their subject."""
    found = {}
    for row in rows or ():
        found.setdefault(row["subject_id"], []).append(row)
    return found


class Study:
    """The subjects of a study and what the study records at all."""

    def __init__(self, tables, baseline, weeks):
        self.baseline, self.weeks = baseline, tuple(weeks)
        sorted_rows = {
            name: by_subject(tables.get(name)) for name in ("visits", "events", "doses", "infusions", "adverse_events")
        }
        self.records_doses = bool(sorted_rows["doses"])
        self.subjects = [Subject(self, row, sorted_rows) for row in tables["subjects"]]
        self.records_treatment = any(person.treatment_days for person in self.subjects)


class Subject:
    """One subject: what was measured at the scheduled visits, and what happened on which day."""

    def __init__(self, study, row, tables):
        self.study, self.name = study, row["subject_id"]
        rows = {name: found.get(self.name, []) for name, found in tables.items()}
        scheduled = {study.baseline, *study.weeks}
        self.visits = {}
        for visit in rows["visits"]:
            week = exact(visit["week"])
            if week in scheduled:  # other visits are left aside
                self.visits[int(week)] = visit
        self.events = [(event["kind"], day_of(event, "day")) for event in rows["events"]]
        self.doses = [Dose(dose) for dose in rows["doses"]]
        self.infusion_days = {day_of(infusion, "day") for infusion in rows["infusions"]}
        self.adverse_events = rows["adverse_events"]
        self.last_day = day_of(row, "last_day")
        self.kept = {}  # (what, week) → what was worked out once

    @property
    def treatment_days(self):
        """Give the days on which treatment is recorded: infusions, and first days of study doses above 0 mg."""
        return self.infusion_days | {dose.start for dose in self.doses if dose.purpose == "study" and dose.amount > 0}

    @property
    def left(self):
        """Give the day of leaving the study or of death, the earlier; None where neither came."""
        return min((day for kind, day in self.events if kind in {"discontinued_study", "death"}), default=None)

    def attended(self, to_week):
        """Give the weeks of the scheduled visits after baseline that took place, up to a week."""
        return [week for week in self.study.weeks if week <= to_week and week in self.visits]

    def day(self, week):
        """Give the day of a scheduled visit: as recorded, else the nominal one."""
        recorded = day_of(self.visits.get(week, {}), "day")
        return 7 * (week - self.study.baseline) + 1 if recorded is None else recorded

    def value(self, week, column):
        """Give what was measured at a visit; None where it is missing."""
        return number(self.visits.get(week, {}), column)

    def change(self, week, column, since=None):
        """Give visit minus baseline (or minus another visit), in the sign of the measure; None where one is missing."""
        start, end = self.value(self.study.baseline if since is None else since, column), self.value(week, column)
        return None if start is None or end is None else end - start

    def had_before(self, kinds, day):
        """Tell whether one of these events came before a day; one on the day itself comes after its visit."""
        return any(kind in kinds and when < day for kind, when in self.events)


class Dose:
    """One dose record."""

    def __init__(self, row):
        self.drug = row["drug"].strip().lower()
        self.start, self.end = day_of(row, "start_day"), day_of(row, "end_day")
        self.amount = number(row, "dose_mg")
        self.per, self.route, self.purpose = row["per"], row["route"], row["purpose"]

    def covers(self, day):
        """Tell whether the dose was taken on a day; without a last day it goes on."""
        return self.start <= day and (self.end is None or day <= self.end)
