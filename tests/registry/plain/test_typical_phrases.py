"""Criteria as registers often phrase them in myositis trials, written by us and taken from no record."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from myotrial.registry.plain.recast import say

SPEC = spec_from_file_location("walk_of_phrases", Path(__file__).with_name("walk.py"))
assert SPEC is not None
assert SPEC.loader is not None
walk = module_from_spec(SPEC)
SPEC.loader.exec_module(walk)

PHRASES = (
    "Adults aged 18 to 75 years",
    "Diagnosis of definite or probable dermatomyositis or polymyositis",
    "Diagnosis of myositis according to the 2017 EULAR/ACR classification criteria",
    "Active disease defined as MMT-8 score of 80 to 141 out of 150",
    "Physician global activity VAS of at least 2 cm",
    "Presence of at least one myositis-specific autoantibody",
    "CDASI activity score greater than or equal to 14",
    "Stable dose of prednisone of 20 mg/day or less for at least 4 weeks before baseline",
    "Failed at least two immunosuppressive drugs",
    "Creatine kinase at least 4 times the upper limit of normal",
    "Positive for anti-HMGCR or anti-SRP antibodies",
    "Women of childbearing potential must use effective contraception during the study",
    "Able and willing to give written informed consent",
    "Body weight of at least 40 kg",
    "Disease duration of less than 5 years from the first symptom",
    "Muscle weakness that interferes with daily activities",
    "Body mass index between 18 and 35 kg/m2",
    "Inclusion body myositis",
    "Juvenile dermatomyositis",
    "Drug-induced myositis",
    "Cancer-associated myositis diagnosed within 3 years of the onset of myositis",
    "Pregnant or breastfeeding women",
    "Active or latent tuberculosis",
    "Treatment with rituximab within 6 months before screening",
    "Intravenous immunoglobulin within 3 months prior to randomization",
    "Known hypersensitivity to the study drug",
    "Hepatitis B, hepatitis C or HIV infection",
    "Live vaccine within 4 weeks before the first dose",
    "Severe interstitial lung disease with FVC below 50% of predicted",
    "Estimated glomerular filtration rate < 30 mL/min/1.73 m2",
    "Major surgery within 3 months before screening",
    "Participation in another clinical trial within 30 days",
    "History of malignancy in the past 5 years, except non-melanoma skin cancer",
    "ALT or AST > 3 x ULN",
    "Uncontrolled diabetes or hypertension",
    "Current alcohol or drug abuse",
    "Platelet count below 75 x 10^9/L",
    "Male or female patients at least 18 years of age",
    "Probable or definite DM per EULAR/ACR criteria",
    "Physician global VAS >= 3 cm on a 10 cm scale",
    "Refractory to glucocorticoids and at least one immunosuppressant",
    "Elevated CK > 1.3 x ULN at screening",
    "Subjects taking methotrexate must be on a stable dose for 6 weeks prior to baseline",
    "Written informed consent obtained",
    "Negative pregnancy test at screening",
    "HAQ-DI score of 0.25 or more",
    "Anti-Jo-1 positive antisynthetase syndrome",
    "Patients with active skin disease",
    "Overlap myositis with the exception of Sjogren's syndrome",
    "Immune-mediated necrotizing myopathy",
    "Serious infection requiring intravenous antibiotics within 2 months before screening",
    "Cyclophosphamide within the last 6 months",
    "Prior treatment with a JAK inhibitor",
    "Hemoglobin < 8 g/dL",
    "Significant muscle damage with MDI above 6",
    "Patients unable to walk",
    "QTc > 450 msec",
    "Renal impairment with creatinine clearance below 30 mL/min",
    "History of thromboembolic events",
    "Planned vaccination with a live vaccine",
    "Severe cardiac disease (NYHA class III or IV)",
    "Participation in a clinical trial of an investigational drug within 3 months",
)
SAID = {
    "Stable dose of prednisone of 20 mg/day or less for at least 4 weeks before baseline":
        "Your dose of prednisone, 20 mg/day or less, has been stable for at least 4 weeks before the start of the study"
        " (baseline).",
    "Positive for anti-HMGCR or anti-SRP antibodies": "Your blood has anti-HMGCR or anti-SRP antibodies.",
    "History of malignancy in the past 5 years, except non-melanoma skin cancer":
        "You have had cancer in the last 5 years, except non-melanoma skin cancer.",
    "Major surgery within 3 months before screening":
        "You have had a major operation in the 3 months before the screening visit.",
    "Elevated CK > 1.3 x ULN at screening":
        "Your creatine kinase (CK) is raised: more than 1.3 times the upper limit of normal, at the screening visit.",
    "Overlap myositis with the exception of Sjogren's syndrome": "You have overlap myositis except Sjögren's syndrome.",
}  # fmt: skip


def plain(phrase: str) -> str | None:
    said = say(phrase, myositis=True)
    return said[0] if said else None


def test_nine_in_ten_are_understood() -> None:
    missed = [phrase for phrase in PHRASES if plain(phrase) is None]
    assert len(missed) <= len(PHRASES) // 10, missed


@pytest.mark.parametrize("phrase", PHRASES)
def test_no_number_limit_negation_or_join_changes(phrase: str) -> None:
    said = plain(phrase)
    if said is not None:
        assert walk.kept(phrase) == walk.kept(said)


@pytest.mark.parametrize("phrase", SAID)
def test_what_is_said(phrase: str) -> None:
    assert plain(phrase) == SAID[phrase]
