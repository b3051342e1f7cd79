import polars as pl
import pytest

from myotrial.study.reading import StudyData
from myotrial.study.visits import check_visits
from myotrial.trials.loading import parse_trial

HEAD = """
id: INVENTED-1
title: An invented trial
identifiers: {{nct: INVENTED-1}}
sponsor: Nobody
condition: Dermatomyositis
design: {{allocation: randomised, model: parallel, masking: none, purpose: treatment, phase: "2", source: &ours {{citation: invented, status: ours}}}}
sample_size: {{planned: 40, source: *ours}}
arms:
  - {{id: active, label: Active, description: the drug, ratio: 1}}
  - {{id: placebo, label: Placebo, description: no drug, ratio: 1, reference: true}}
schedule:
  baseline_week: {baseline}
  visits: {visits}
  periods: [{{id: only, label: Masked, weeks: [{baseline}, {last}], masked: true}}]
  source: *ours
populations:
  - {{id: randomised, label: All randomised}}
  - {{id: assessed, label: Seen after baseline, with_visit_after_baseline: true}}
scores: {{tis: {{criteria: acr-eular-2016-adult}}}}
outcomes:
"""  # noqa: E501  (a definition's line)
EVENTS = {"subject_id": pl.String, "day": pl.Int64, "kind": pl.String, "reason": pl.String}
QUIET = {"physician_global_cm": 5.0, "patient_global_cm": 5.0, "mmt": 100.0, "haq_di": 1.0, "extramuscular_cm": 5.0,
         "ck_u_per_l": 100.0, "ck_uln_u_per_l": 200.0}  # fmt: skip


@pytest.fixture(scope="session")
def trial_of():
    """Build a trial from the YAML of its outcomes."""

    def build(outcomes, visits=(1, 5, 9, 13, 17, 21, 25)):
        head = HEAD.format(baseline=visits[0], visits=list(visits), last=visits[-1])
        return parse_trial(head + outcomes)

    return build


@pytest.fixture(scope="session")
def study_of():
    """Build a study from subject → (arm, week → measures that differ from a quiet visit), and events."""

    def build(subjects, events=()):
        rows = [
            {"subject_id": name, "week": week, **QUIET, **moved}
            for name, (_, weeks) in subjects.items()
            for week, moved in weeks.items()
        ]
        arms = pl.DataFrame({"subject_id": list(subjects), "arm": [arm for arm, _ in subjects.values()]})
        happened = pl.DataFrame([(name, day, kind, None) for name, day, kind in events], schema=EVENTS, orient="row")
        return StudyData(arms, check_visits(pl.DataFrame(rows, infer_schema_length=None)), happened)

    return build
