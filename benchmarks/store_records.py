"""Make many registry records out of the sample records: their sentences in new combinations, by seed.

Conditions follow a law of Zipf, as in registers: few are frequent, most are rare.
"""

import random
from collections.abc import Iterator
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from myotrial.model.errors import BadInput
from myotrial.registry.parts import Criteria, Intervention, Passage, RegisteredOutcome
from myotrial.registry.reading import read_records
from myotrial.registry.record import TrialRecord

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples" / "registry"
ZIPF = 0.9
BODIES = 20_000
"""Criteria made of random sentences, and as many lists of outcomes; a record has one of each."""
MANY = (1, 1, 1, 2, 3)
STATUSES = ("Recruiting", "Completed", "Not yet recruiting", "Terminated", "Active, not recruiting", "Unknown status")
STATUS_WEIGHTS = (12, 52, 5, 6, 4, 14)
PHASES = ("N/A", "Phase 1", "Phase 2", "Phase 3", "Phase 4", "Phase 1/Phase 2", "Phase 2/Phase 3")
PHASE_WEIGHTS = (50, 9, 12, 10, 8, 3, 2)
COUNTRIES = ("United States", "China", "France", "Germany", "United Kingdom", "Egypt", "Italy", "Japan", "Brazil")
SYLLABLES = ("ba", "ci", "do", "fe", "glu", "ka", "li", "mo", "nex", "pra", "ri", "sol", "ti", "va", "xi", "zu")


class Maker:
    """Makes records, one and the same for one seed and number."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        samples = list(_samples())
        criteria = [p for r in samples for p in (r.criteria.inclusion, r.criteria.exclusion) if p]
        self.lines = sorted({line.strip() for p in criteria for line in p.text.splitlines() if len(line.strip()) > 20})
        self.titles = sorted({r.public_title for r in samples if r.public_title})
        self.conditions = sorted({words.strip() for r in samples for words in r.conditions if 3 < len(words) < 60})
        draw = random.Random(seed)  # noqa: S311
        draw.shuffle(self.conditions)
        self.weights = list(accumulate(1 / rank**ZIPF for rank in range(1, len(self.conditions) + 1)))
        self.drugs = sorted({i for r in samples for i in r.interventions if len(i.name) < 80}, key=lambda i: i.name)
        titles = sorted({outcome.title for r in samples for outcome in r.outcomes})
        self.criteria = [self._criteria(draw) for _ in range(BODIES)]
        self.outcomes = [self._outcomes(draw, titles) for _ in range(BODIES)]

    def make(self, number: int) -> TrialRecord:
        draw = random.Random(self.seed * 1_000_003 + number)  # noqa: S311
        conditions = tuple(dict.fromkeys(draw.choices(self.conditions, cum_weights=self.weights, k=draw.choice(MANY))))
        drug = "".join(draw.choices(SYLLABLES, k=4))
        main = f"NCT{number:08d}"
        return TrialRecord.model_construct(
            form="made for the benchmark", sha256=sha256(main.encode()).hexdigest(), number=number, main_id=main,
            secondary_ids=(f"S-{draw.randrange(10**6)}", *_linked(draw, number)),
            public_title=f"{draw.choice(self.titles)} in {conditions[0]}",
            scientific_title=f"{draw.choice(self.titles)} with {drug}", conditions=conditions,
            interventions=(Intervention.model_construct(type="Drug", name=drug), draw.choice(self.drugs)),
            recruitment_status=draw.choices(STATUSES, STATUS_WEIGHTS)[0], phase=draw.choices(PHASES, PHASE_WEIGHTS)[0],
            countries=tuple(draw.sample(COUNTRIES, draw.choice(MANY))), criteria=draw.choice(self.criteria),
            outcomes=draw.choice(self.outcomes), primary_sponsor="Invented sponsor",
        )  # fmt: skip

    def _criteria(self, draw: random.Random) -> Criteria:
        texts = ["\n".join(f"- {line}" for line in draw.choices(self.lines, k=draw.randint(4, 16))) for _ in range(2)]
        parts = [Passage(text=text, start=0, end=len(text), path="criteria") for text in texts]
        return Criteria(inclusion=parts[0], exclusion=parts[1])

    def _outcomes(self, draw: random.Random, titles: list[str]) -> tuple[RegisteredOutcome, ...]:
        return tuple(
            RegisteredOutcome(role="secondary" if n else "primary", position=n + 1, title=words, start=0,
                              time_frame=f"Week {draw.randint(4, 104)}", end=len(words), path=f"outcomes[{n}]")
            for n, words in enumerate(draw.sample(titles, draw.randint(2, 7)))
        )  # fmt: skip


def _linked(draw: random.Random, number: int) -> tuple[str, ...]:
    """Return a European number for one record in six."""
    return (f"20{draw.randint(10, 19)}-{number % 500_000:06d}-{number % 90 + 10}",) if draw.random() < 1 / 6 else ()


def _samples() -> Iterator[TrialRecord]:
    names = ("ictrp/ICTRP-Results_18Mar2020.xml", "ictrp/ictrp_fullexport_sample_im_127rows.csv")
    for file in (
        [SAMPLES / name for name in names] + sorted(SAMPLES.glob("ctgov_*/*")) + sorted(SAMPLES.glob("multi*/*"))
    ):
        try:
            yield from read_records(file)
        except BadInput:
            continue  # the schemas beside them
