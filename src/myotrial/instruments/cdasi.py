"""The one product in the CDASI: erythema of Gottron's papules on the hands counts twice where there are papules."""

import numpy as np

from myotrial.instruments.rules import Answers
from myotrial.model.decimals import NANO

ERYTHEMA, PAPULES = "hands_erythema", "hands_papules"


def cdasi_activity(answers: Answers) -> np.ndarray:
    """Return the activity score: the sum of the items, with the hands' erythema doubled where there are papules."""
    names = [item.id for item in answers.items]
    erythema, papules = answers.values[:, names.index(ERYTHEMA)], answers.values[:, names.index(PAPULES)]
    plain = answers.values.sum(axis=1) - papules
    return np.asarray((plain + np.where(papules > 0, erythema, 0)) / NANO)
