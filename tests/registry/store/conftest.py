"""Records and files that the tests of the store share; everything in them is invented."""

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from myotrial.registry.record import TrialRecord

WORDS = ("score", "weakness", "rash", "placebo", "globulin", "infusion", "biopsy", "enzyme", "placebo", "walk")
COLUMNS = ("TrialID", "SecondaryIDs", "public_title", "Scientific_title", "phase", "Recruitment_status", "Countries",
           "Conditions", "Inclusion_Criteria", "Public_Contact_Firstname", "Public_Contact_Email")  # fmt: skip


@pytest.fixture
def record() -> Callable[..., TrialRecord]:
    def make(main_id: str, *secondary: str, form: str = "invented", **fields: object) -> TrialRecord:
        fields = {"sha256": f"{main_id}/{fields}", **fields}
        return TrialRecord.model_validate({"form": form, "main_id": main_id, "secondary_ids": secondary, **fields})

    return make


@pytest.fixture(scope="session")
def export() -> Callable[..., Path]:
    """Write an export of many invented trials: some linked, some in a dispute, some there twice in two versions."""

    def write(file: Path, trials: int = 1500, seed: int = 1) -> Path:
        draw = random.Random(seed)  # noqa: S311
        with file.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(COLUMNS)
            for number in range(trials):
                european = f"2015-{number // 2:06d}-10" if number % 7 < 3 else ""
                european = european if number % 13 else "2016-000001-10"
                own = number - 6 if number % 11 == 10 else number  # a later version of an earlier row
                kind = ("NCT{:08d}", "ISRCTN{:08d}", "DRKS{:08d}")[own % 3]
                rows.writerow((kind.format(own + 1), european, f"Trial {number} of {draw.choice(WORDS)}", "",
                               draw.choice(("Phase 2", "Phase 3")), draw.choice(("Recruiting", "Completed")), "France",
                               draw.choice(("Dermatomyositis", "Polymyositis")), " ".join(draw.choices(WORDS, k=40)),
                               "Inventedname", "inventedname@example.org"))  # fmt: skip
        return file

    return write
