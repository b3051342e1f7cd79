"""The study design of a USDM study definition: arms, epochs, interventions, objectives, population."""

from collections.abc import Sequence

from myotrial.registry.compare.words import tokens
from myotrial.registry.export.usdm_builder import NOT_STATED, Builder, Instance, paragraph
from myotrial.registry.export.usdm_eligibility import write_population
from myotrial.registry.parts import Arm, Intervention, RegisteredOutcome
from myotrial.registry.record import TrialRecord

_LEVELS = ("primary", "secondary", "other")


def write_design(
    build: Builder, record: TrialRecord, criteria: list[Instance], interventions: list[Instance]
) -> Instance:
    """Return the study design."""
    observational = is_observational(build, record)
    arms = [_arm(build, number, arm) for number, arm in enumerate(record.arms, 1)]
    epochs, elements, cells = _schedule(build, record, arms, interventions)
    population = write_population(build, record, criteria)
    for arm in arms:
        arm["populationIds"] = [population["id"]]
    design = record.design
    common = {
        "name": "DESIGN1",
        "label": record.acronym,
        "description": design.text if design else None,
        "studyType": build.code("study_type", "observational" if observational else "interventional"),
        "studyPhase": _phase(build, record),
        "therapeuticAreas": [],
        "characteristics": _characteristics(build, record),
        "encounters": [],
        "activities": [],
        "arms": arms,
        "studyCells": cells,
        "rationale": NOT_STATED,
        "epochs": epochs,
        "elements": elements,
        "estimands": [],
        "indications": [_indication(build, name) for name in record.conditions],
        "studyInterventionIds": [item["id"] for item in interventions],
        "objectives": _objectives(build, record.outcomes),
        "population": population,
        "scheduleTimelines": [],
        "biospecimenRetentions": [],
        "documentVersionIds": [],
        "eligibilityCriteria": criteria,
        "analysisPopulations": [],
        "notes": [],
        "subTypes": [],
    }
    if observational:
        model = build.code_or_unknown("observational_model", design.observational_model if design else None, "model")
        time = build.code_or_unknown(
            "time_perspective", design.time_perspective if design else None, "time perspective"
        )
        return build.make("ObservationalStudyDesign", **common, model=model, timePerspective=time, samplingMethod=None)
    model = build.code_or_unknown("model", design.intervention_model if design else None, "intervention model")
    return build.make(
        "InterventionalStudyDesign",
        **common,
        model=model,
        intentTypes=_intent(build, record),
        blindingSchema=_blinding(build, record),
    )


def is_observational(build: Builder, record: TrialRecord) -> bool:
    """Whether the record calls the study observational; a study whose type is not stated is written as a trial."""
    words = tokens(record.study_type or "")
    if "observational" in words or "registry" in words:
        return True
    if "interventional" not in words:
        said = f"“{record.study_type}”" if record.study_type else "not stated"
        build.note(f"study type: {said}; it is written as interventional")
    return False


def write_interventions(build: Builder, record: TrialRecord) -> list[Instance]:
    """Return the interventions."""
    written = []
    for number, item in enumerate(record.interventions, 1):
        if item.other_names:
            build.note(f"other names of “{item.name}” are not held: {'; '.join(item.other_names)}")
        written.append(
            build.make(
                "StudyIntervention",
                name=f"INT{number}",
                label=item.name,
                description=item.description,
                role=build.code("intervention_role", _intervention_role(build, record, item)),
                type=build.code_or_unknown("intervention_type", item.type, f"type of “{item.name}”"),
                minimumResponseDuration=None,
                codes=[],
                administrations=[],
                notes=[],
            )
        )
    if written:
        build.note("dose, route and frequency are not fields of a registry record: no administrations are written")
    return written


def _intervention_role(build: Builder, record: TrialRecord, item: Intervention) -> str:
    if {"placebo", "sham"} & set(tokens(item.name)):
        return "placebo"
    kinds = {" ".join(tokens(arm.type or "")) for arm in record.arms if _gets(arm, item)}
    if kinds == {"active comparator"}:
        return "active comparator"
    if "experimental" not in kinds:
        build.note(f"role of “{item.name}”: not stated; it is written as experimental")
    return "experimental"


def _gets(arm: Arm, item: Intervention) -> bool:
    """Whether an arm gets an intervention: either names the other. Registers put the kind before the name."""
    named = {tokens(name.partition(": ")[2] or name) for name in arm.interventions} | {
        tokens(n) for n in arm.interventions
    }
    return tokens(item.name) in named or tokens(arm.label) in {tokens(label) for label in item.arms}


def _arm(build: Builder, number: int, arm: Arm) -> Instance:
    return build.make(
        "StudyArm",
        name=f"ARM{number}",
        label=arm.label,
        description=arm.description,
        type=build.code_or_unknown("arm", arm.type, f"type of the arm “{arm.label}”"),
        dataOriginDescription="Data collected in the study",
        dataOriginType=build.code("data_origin", "study"),
        populationIds=[],
        notes=[],
    )


def _schedule(
    build: Builder, record: TrialRecord, arms: Sequence[Instance], interventions: Sequence[Instance]
) -> tuple[list[Instance], list[Instance], list[Instance]]:
    """Return one epoch, an element per arm, and the cells that join them: a record states no epochs."""
    if not arms:
        build.note("arms: not stated; arms, epochs and cells are empty")
        return [], [], []
    build.note("epochs: not stated; one treatment epoch stands for the whole time")
    epoch = build.make(
        "StudyEpoch",
        name="EPOCH1",
        label="Treatment",
        description=NOT_STATED,
        type=build.code("epoch", "treatment"),
        previousId=None,
        nextId=None,
        notes=[],
    )
    elements, cells = [], []
    for number, (arm, source) in enumerate(zip(arms, record.arms, strict=True), 1):
        pairs = zip(record.interventions, interventions, strict=True)
        given = [made["id"] for item, made in pairs if _gets(source, item)]
        element = build.make(
            "StudyElement", name=f"EL{number}", label=source.label, studyInterventionIds=given, notes=[]
        )
        elements.append(element)
        cells.append(build.make("StudyCell", armId=arm["id"], epochId=epoch["id"], elementIds=[element["id"]]))
    return [epoch], elements, cells


def _objectives(build: Builder, outcomes: Sequence[RegisteredOutcome]) -> list[Instance]:
    """Return an objective per level that has outcomes; a record states no objectives, only outcomes."""
    written: list[Instance] = []
    for level in _LEVELS:
        held = [outcome for outcome in outcomes if outcome.role == level]
        if held:
            endpoints = [_endpoint(build, outcome, level) for outcome in held]
            written.append(
                build.make(
                    "Objective",
                    name=f"OBJ{len(written) + 1}",
                    text=paragraph(f"{NOT_STATED}; it holds the registered {level} outcomes"),
                    dictionaryId=None,
                    notes=[],
                    level=build.code("objective", level),
                    endpoints=endpoints,
                )
            )
    if written:
        build.note("objectives: not stated; one objective for each level holds the registered outcomes")
    return written


def _endpoint(build: Builder, outcome: RegisteredOutcome, level: str) -> Instance:
    when = f" [Time Frame: {outcome.time_frame}]" if outcome.time_frame else ""
    remark = f" [{outcome.remark}]" if outcome.remark else ""
    return build.make(
        "Endpoint",
        name=f"END{outcome.position}",
        label=None,
        description=outcome.description,
        text=paragraph(f"{outcome.title}{when}{remark}"),
        dictionaryId=None,
        notes=[],
        purpose=NOT_STATED,
        level=build.code("endpoint", level),
    )


def _indication(build: Builder, name: str) -> Instance:
    build.note("isRareDisease: not stated; USDM asks for yes or no, so it is written as no")
    number = build.counts["Indication"] + 1
    return build.make(
        "Indication", name=f"IND{number}", label=name, description=name, codes=[], isRareDisease=False, notes=[]
    )


def _phase(build: Builder, record: TrialRecord) -> Instance | None:
    roman = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
    words = [roman.get(word, word) for word in tokens((record.phase or "").replace("PHASE", "PHASE "))]
    numbers = [word for word in words if word.isdigit()]
    plain = " ".join(f"phase {number}" for number in numbers)
    if "early" in words:
        plain = "early phase 1"
    elif words in (["n", "a"], ["na"], ["not", "applicable"]):
        plain = "na"
    entry = build.known("phase", plain)
    if record.phase and not entry:
        build.note(f"phase “{record.phase}” has no code and is not held")
    return build.alias("phase", entry) if entry else None


def _blinding(build: Builder, record: TrialRecord) -> Instance | None:
    masking = record.design.masking if record.design else None
    entry = build.known("masking", masking)
    if entry in {"triple", "quadruple"}:
        build.note(f"masking “{masking}”: USDM's list ends at double blind; the masked roles are written one by one")
    if masking and not entry:
        build.note(f"masking “{masking}” has no code and is not held")
    return build.alias("masking", entry) if entry else None


def _intent(build: Builder, record: TrialRecord) -> list[Instance]:
    purpose = record.design.primary_purpose if record.design else None
    entry = build.known("purpose", purpose)
    if purpose and not entry:
        build.note(f"primary purpose “{purpose}” has no code and is not held")
    return [build.code("purpose", entry)] if entry else []


def _characteristics(build: Builder, record: TrialRecord) -> list[Instance]:
    found = []
    if record.design and tokens(record.design.allocation or "") in {("randomized",), ("randomised",)}:
        found.append("randomized")
    if record.countries:
        found.append("single country" if len(record.countries) == 1 else "multiple countries")
    return [build.code("characteristic", entry) for entry in found]
