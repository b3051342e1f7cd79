from myotrial.registry.design import read_design


def test_the_parts_are_found_in_any_order_and_with_commas() -> None:
    design = read_design(
        "Allocation: Randomized, Endpoint Classification: Safety Study, Masking: Double Blind (Subject, Caregiver), "
        "Primary Purpose: Treatment, Intervention Model: Crossover"
    )
    assert design.allocation == "Randomized"
    assert design.intervention_model == "Crossover"
    assert design.primary_purpose == "Treatment"
    assert design.masking == "Double Blind"
    assert design.who_is_masked == ("Subject", "Caregiver")


def test_an_open_trial_masks_nobody() -> None:
    design = read_design("Masking: None (Open Label).")
    assert (design.masking, design.who_is_masked) == ("None (Open Label)", ())


def test_an_observational_study() -> None:
    design = read_design("Observational Model: Cohort. Time Perspective: Prospective")
    assert (design.observational_model, design.time_perspective) == ("Cohort", "Prospective")
    assert design.allocation is None


def test_a_sentence_without_keys_stays_text() -> None:
    design = read_design(" Randomized parallel trial ")
    assert design.model_dump(exclude_defaults=True) == {"text": "Randomized parallel trial"}
