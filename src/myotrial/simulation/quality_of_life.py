"""EQ-5D-5L in a simulated study: five domains and the thermometer, cut from a trait shared with the core set."""

from itertools import accumulate
from statistics import NormalDist

import numpy as np

from myotrial.simulation.assumptions import Assumptions, Loading
from myotrial.simulation.draws import Stream, to_grid


def draw_eq5d(assumed: Assumptions, burden: dict[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Draw the answers of every subject at every visit.

    Parameters
    ----------
    assumed
        The assumptions: of each answer, how much it shares with HAQ-DI and patient global activity.
    burden
        How ill a subject is in ``haq_di`` and ``patient_global_cm``, in SDs at baseline, shape (subjects, visits).
    seed
        The seed of the study.

    Returns
    -------
    dict
        Column → levels 1 to 5, and the thermometer from 0 to 100, shape (subjects, visits).
    """
    answers = {}
    for domain in assumed.eq5d.domains:
        trait = _trait(assumed, domain, burden, seed)
        cuts = [NormalDist().inv_cdf(share) for share in list(accumulate(domain.baseline_shares))[:-1]]
        answers[domain.name] = 1.0 + np.searchsorted(np.array(cuts), trait)
    vas = assumed.eq5d.vas
    answers[vas.name] = to_grid(vas.mean - vas.sd * _trait(assumed, vas, burden, seed), 1, 0, 100)
    return answers


def _trait(assumed: Assumptions, answer: Loading, burden: dict[str, np.ndarray], seed: int) -> np.ndarray:
    """Return how ill an answer makes a subject, standard normal at baseline, shape (subjects, visits)."""
    subjects, visits = burden["haq_di"].shape
    stream = Stream(seed, answer.name)
    share = assumed.eq5d.visit_noise_share
    own = np.sqrt(1 - share) * stream.normal(subjects, 1) + np.sqrt(share) * stream.normal(subjects, visits)
    sd = answer.own_sd(assumed.course.correlation_baseline.value)
    return np.asarray(answer.haq * burden["haq_di"] + answer.patient * burden["patient_global_cm"] + sd * own)
