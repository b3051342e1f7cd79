"""Fit a mixed model for repeated measures to a frame."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from myotrial.statistics._arguments import check_choice, check_conf_level, fault
from myotrial.statistics.mmrm._memory import keep_freed_memory
from myotrial.statistics.mmrm._threads import one_blas_thread
from myotrial.statistics.mmrm.core import NotConverged, Prepared, Solution, build_problem, prepare, solve
from myotrial.statistics.mmrm.corrections import DFS, VCOVS, Df, Vcov, build_inference
from myotrial.statistics.mmrm.formula import INTERCEPT, build_coding, parse_formula
from myotrial.statistics.mmrm.frame import collect_rows, open_frame
from myotrial.statistics.mmrm.model import Model
from myotrial.statistics.mmrm.result import MMRM
from myotrial.statistics.mmrm.structures import COVARIANCES, Array, Covariance
from myotrial.statistics.mmrm.tables import Space, describe

Method = Literal["reml", "ml"]


def fit_mmrm(
    formula: str,
    data: Any,
    *,
    subject: str,
    visit: str,
    covariance: Covariance = "us",
    method: Method = "reml",
    df: Df = "satterthwaite",
    vcov: Vcov = "model",
    group: str | None = None,
    weights: str | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    reference: Mapping[str, Any] | None = None,
    fallback: Sequence[Covariance] = (),
    conf_level: float = 0.95,
) -> MMRM:
    """Fit a marginal linear model whose residuals are correlated within a subject.

    Parameters
    ----------
    formula
        ``response ~ terms`` in the manner of R: ``chg ~ base*visit + arm*visit``. Factors have treatment contrasts;
        the first level is the reference.
    data
        A Polars or pandas frame (or a mapping of columns), one row per subject and visit. Rows with a missing value
        are left out, and counted in ``notes``.
    subject, visit
        Columns. The visit is always categorical, whatever its type.
    covariance
        Structure of the visits' covariance: ``"us"`` unstructured, ``"toep"`` Toeplitz, ``"ar1"`` autoregressive,
        ``"cs"`` compound symmetry, ``"ad"`` ante-dependence; with an h at the end, one variance per visit.
    method
        Restricted (``"reml"``) or full (``"ml"``) maximum likelihood.
    df
        ``"satterthwaite"``; ``"kenward-roger"``, without second derivatives of the covariance, which for ``"us"`` is
        the form in its elements (SAS; "Kenward-Roger-Linear" of R mmrm); ``"kenward-roger-mmrm"``, with the second
        derivatives in the parameters of R mmrm (its default form); ``"between-within"``; ``"residual"``.
    vcov
        Covariance of the coefficients: of the ``"model"`` (with Kenward-Roger adjusted), or ``"empirical"``,
        ``"empirical-jackknife"``, ``"empirical-bias-reduced"``.
    group
        Column with one covariance matrix per value; constant within a subject.
    weights
        Column of weights above 0: the residual covariance of two rows is divided by the root of both weights.
    levels
        Column → its levels in order; else those of an Enum or a pandas category, else sorted. Visits that are text
        are sorted by the numbers in them ("week 8" before "week 12").
    reference
        Column → the level to put first.
    fallback
        Structures to try, in this order, where the one before does not converge. What was fitted stands in
        ``covariance``, and the failures in ``notes``. Off by default: a structure is declared before the data are seen.
    conf_level
        Confidence level, between 0 and 1.

    Returns
    -------
    MMRM
        With coefficients, least-squares means, contrasts, tests, predictions and residuals.

    Raises
    ------
    ValueError
        A column that is absent or of the wrong kind, repeated rows of a subject and visit (all of them are named), a
        response without variation, an option that is none.
    NotConverged
        A ``ValueError`` with an ``account``: no structure converged, or one cannot be estimated from these data.

    References
    ----------
    .. [1] Kenward MG, Roger JH. Biometrics 1997;53:983-997. doi:10.2307/2533558
    .. [2] Fai AHT, Cornelius PL. J Stat Comput Simul 1996;54:363-378. doi:10.1080/00949659608811740
    .. [3] Gilmour AR, Thompson R, Cullis BR. Biometrics 1995;51:1440-1450. doi:10.2307/2533274

    Examples
    --------
    >>> trial = {
    ...     "subject": [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
    ...     "visit": ["w4", "w8"] * 6,
    ...     "arm": ["active"] * 6 + ["placebo"] * 6,
    ...     "chg": [2.1, 3.9, 1.2, 2.4, 3.3, None, 0.2, 1.1, 0.9, 0.3, 1.4, 2.2],
    ... }
    >>> fit = fit_mmrm("chg ~ arm*visit", trial, subject="subject", visit="visit", reference={"arm": "placebo"})
    >>> fit
    MMRM: chg ~ arm*visit; us, REML, satterthwaite; 11 rows of 6 subjects; log-likelihood -10.34..., converged ...
    >>> fit.contrast("arm", by="visit").select("contrast", "visit", "estimate").rows()
    [('active - placebo', 'w4', 1.366...), ('active - placebo', 'w8', 2.55...)]
    """
    _check_options(covariance, method, df, vcov, fallback, conf_level)
    parsed = parse_formula(formula)
    extra = [name for name in (group, weights) if name]
    frame = open_frame(data, [parsed.response, *parsed.names, subject, visit, *extra])
    keep_freed_memory()
    with one_blas_thread():
        rows = collect_rows(
            frame,
            names=parsed.names,
            response=parsed.response,
            subject=subject,
            visit=visit,
            group=group,
            weights=weights,
            levels=levels or {},
            reference=reference or {},
        )
        coding = build_coding(parsed, rows.columns)
        design = coding.matrix(rows.columns, len(rows.response))
        shape = (len(rows.subjects), len(rows.visits), max(1, len(rows.groups)))
        problem, kept, q, r = build_problem(
            design, rows.response, rows.subject, rows.visit, rows.group, rows.weights, shape
        )
        prepared = prepare(problem, q, r, rows.visits)
        solution, tried = _first_that_converges(prepared, (covariance, *fallback), reml=method == "reml")
        intercept = coding.names.index(INTERCEPT) if INTERCEPT in coding.names else None
        place = int(np.flatnonzero(kept == intercept)[0]) if intercept is not None else None
        inference = build_inference(solution, df, vcov, design[:, kept], place)
    space = Space(design.shape[1], kept, _relation(design, kept))
    roles = {"subject": subject, "visit": visit, "group": group, "weights": weights}
    options = {"method": method, "df": df, "vcov": vcov, "conf_level": conf_level}
    model = Model(parsed, frame, rows, coding, design, space, inference)
    return _result(formula, model, solution, tried, roles, options)


def _check_options(
    covariance: str, method: str, df: str, vcov: str, fallback: Sequence[str], conf_level: float
) -> None:
    """Refuse options that are none, or that do not go together."""
    for name in (covariance, *([fallback] if isinstance(fallback, str) else fallback)):
        check_choice(name, "covariance", COVARIANCES)
    check_choice(method, "method", get_args(Method))
    check_choice(df, "df", DFS)
    check_choice(vcov, "vcov", VCOVS)
    check_conf_level(conf_level)
    if isinstance(fallback, str):
        raise fault("fallback", repr(fallback), f"a sequence of structures, ({fallback!r},)")
    if df.startswith("kenward-roger") and method != "reml":
        raise fault("df", f"{df!r} with method {method!r}", "method='reml', on which Kenward-Roger rests")
    if df.startswith("kenward-roger") and vcov != "model":
        raise fault("vcov", f"{vcov!r} with df {df!r}", "vcov='model', which Kenward-Roger adjusts itself")


def _first_that_converges(
    prepared: Prepared, order: Sequence[Covariance], *, reml: bool
) -> tuple[Solution, tuple[str, ...]]:
    """Fit the structures in their order until one converges; return it with the failures before."""
    failures: list[NotConverged] = []
    for name in order:
        try:
            return solve(prepared, name, reml=reml), tuple(f"{failure}" for failure in failures)
        except NotConverged as failure:
            failures.append(failure)
    if len(failures) == 1:
        raise failures[0]
    message = "; then ".join(str(failure) for failure in failures)
    raise NotConverged(message, {"attempts": [failure.account for failure in failures]})


def _relation(design: Array, kept: Any) -> Array:
    """Weights of the kept columns that give the aliased ones."""
    if len(kept) == design.shape[1]:
        return np.zeros((len(kept), 0))
    aliased = np.setdiff1d(np.arange(design.shape[1]), kept)
    relation = np.linalg.lstsq(design[:, kept], design[:, aliased], rcond=None)[0]
    return np.where(np.abs(relation) < 1e-9, 0.0, relation)


def _result(
    formula: str,
    model: Model,
    solution: Solution,
    tried: tuple[str, ...],
    roles: dict[str, Any],
    options: dict[str, Any],
) -> MMRM:
    """Gather the result."""
    names = model.coding.names
    aliased = tuple(names[place] for place in model.space.aliased)
    notes = [*model.rows.notes]
    if aliased:
        notes.append(f"coefficients left out because others determine them: {', '.join(aliased)}")
    covariance = solution.structure.name
    notes += [f"{failure}; {covariance} was fitted instead" for failure in tried[-1:]] if tried else []
    notes[len(notes) - bool(tried) : len(notes) - bool(tried)] = tried[:-1]
    count = solution.theta.size
    subjects = solution.problem.shape[0]
    words = describe(
        formula, covariance, roles["group"], roles["weights"], options["df"], options["vcov"],
        reml=options["method"] == "reml",
    )  # fmt: skip
    return MMRM(
        formula=formula,
        covariance=covariance,
        n_rows=len(model.rows.response),
        n_subjects=subjects,
        visits=model.rows.visits,
        log_likelihood=-0.5 * solution.minus2,
        aic=solution.minus2 + 2 * count,
        bic=solution.minus2 + float(np.log(subjects)) * count,
        parameters=count,
        aliased=aliased,
        steps=int(solution.optimum.steps[0]),
        notes=tuple(notes),
        footnote=words,
        model=model,
        **roles,
        **options,
    )
