"""The fitted model: coefficients, least-squares means, contrasts, tests, predictions, and what was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from myotrial.statistics._arguments import check_choice, check_conf_level, fault
from myotrial.statistics.estimate import format_number, format_p, render_html_table
from myotrial.statistics.mmrm import tables
from myotrial.statistics.mmrm.grid import Grid, Margins, build_grid, split_names, type_three
from myotrial.statistics.mmrm.model import Model
from myotrial.statistics.mmrm.prediction import Residual, find_residuals, predict_rows
from myotrial.statistics.mmrm.predictors import collect_predictors
from myotrial.statistics.mmrm.structures import Array

if TYPE_CHECKING:
    import polars as pl

Comparison = Literal["reference", "pairwise"]


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class MMRM:
    """A fitted mixed model for repeated measures.

    Attributes
    ----------
    formula, subject, visit, group, weights
        The model as it was asked for.
    covariance
        The structure that was fitted (the first of the fall-back order that converged).
    method
        ``"reml"`` or ``"ml"``.
    df, vcov
        Degrees of freedom, and covariance of the coefficients.
    conf_level
        Confidence level of the intervals.
    n_rows, n_subjects
        Rows and subjects used.
    visits
        Visits in their order.
    log_likelihood
        Restricted or full log-likelihood.
    aic, bic
        From the number of covariance parameters; BIC from the number of subjects too (as R mmrm).
    parameters
        Number of covariance parameters.
    aliased
        Coefficients that others determine; they were left out.
    steps
        Steps of Newton's method.
    notes
        What was left out or replaced, and why.
    """

    formula: str
    subject: str
    visit: str
    group: str | None
    weights: str | None
    covariance: str
    method: str
    df: str
    vcov: str
    conf_level: float
    n_rows: int
    n_subjects: int
    visits: tuple[Any, ...]
    log_likelihood: float
    aic: float
    bic: float
    parameters: int
    aliased: tuple[str, ...]
    steps: int
    notes: tuple[str, ...]
    footnote: str
    model: Model

    @property
    def sigma(self) -> Any:
        """Covariance of the visits: visits × visits, or group → matrix."""
        matrices = self.model.inference.solution.sigmas
        groups = self.model.rows.groups
        return dict(zip(groups, matrices, strict=True)) if groups else matrices[0]

    @cached_property
    def coefficients(self) -> "pl.DataFrame":
        """One row per coefficient: term, estimate, se, df, low, high, t, p_value; null where aliased."""
        names = self.model.coding.names
        columns = self._estimate(np.eye(len(names)))
        for place in (names.index(name) for name in self.aliased):
            for values in columns.values():
                values[place] = None
        return tables.as_frame({"term": list(names), **columns})

    @property
    def coefficient_covariance(self) -> Array:
        """Covariance of the coefficients that are not aliased, as corrected."""
        return self.model.inference.covariance()

    @property
    def summary(self) -> str:
        """The model, its fit and its coefficients as text."""
        head = [
            self.footnote,
            (
                f"{self.n_rows:,} rows of {self.n_subjects:,} subjects at {len(self.visits)} visits; "
                f"{self.parameters} covariance parameters; converged in {self.steps} steps"
            ),
            f"log-likelihood {self.log_likelihood:.4f}, AIC {self.aic:.2f}, BIC {self.bic:.2f}",
            *self.notes,
        ]
        wide = max(len(name) for name in self.model.coding.names)
        lines = [f"{'':{wide}}  {'estimate':>10}  {'se':>10}  {'df':>8}  {'t':>8}  p"]
        for row in self.coefficients.iter_rows(named=True):
            if row["estimate"] is None:
                lines.append(f"{row['term']:{wide}}  {'aliased':>10}")
                continue
            lines.append(
                f"{row['term']:{wide}}  {row['estimate']:>10.4g}  {row['se']:>10.4g}  {row['df']:>8.4g}  "
                f"{row['t']:>8.4g}  {format_p(row['p_value'])}"
            )
        return "\n".join([*head, "", *lines])

    def lsmeans(
        self,
        factors: str | Sequence[str],
        *,
        by: str | Sequence[str] | None = None,
        at: Mapping[str, Any] | None = None,
        margins: Margins = "equal",
        conf_level: float | None = None,
    ) -> "pl.DataFrame":
        """Return least-squares means.

        Parameters
        ----------
        factors, by
            Categorical columns whose combinations get a mean each: ``lsmeans("arm", by="visit")``. The visits are
            averaged over where they are not named: ``lsmeans("arm")``.
        at
            Where a numeric covariate stands (else its mean over the rows used), or which levels of a factor take
            part: ``at={"visit": ["week 8", "week 16"]}``.
        margins
            ``"equal"`` weights for the levels averaged over, or their ``"observed"`` shares of the rows used.
        conf_level
            Confidence level; else that of the fit.

        Returns
        -------
        polars.DataFrame
            The levels, then estimate, se, df, low, high in the unit of the response; null where the data do not
            determine the mean.
        """
        names, _ = split_names(factors, by)
        grid = self._grid(names, at, margins)
        levels = {name: [key[place] for key in grid.keys] for place, name in enumerate(names)}
        return tables.as_frame({**levels, **self._estimate(grid.rows, conf_level, test=False)})

    def contrast(
        self,
        factor: str,
        *,
        by: str | Sequence[str] | None = None,
        comparison: Comparison = "reference",
        reference: Any = None,
        at: Mapping[str, Any] | None = None,
        margins: Margins = "equal",
        conf_level: float | None = None,
    ) -> "pl.DataFrame":
        """Return differences of least-squares means within each combination of ``by``.

        ``comparison="reference"`` takes every level less ``reference`` (else the first level), ``"pairwise"`` every
        level less every earlier one. Other parameters as in `lsmeans`.

        Returns
        -------
        polars.DataFrame
            contrast, the levels of ``by``, estimate, se, df, low, high, t, p_value (two-sided, no multiplicity).
        """
        check_choice(comparison, "comparison", ("reference", "pairwise"))
        names, within = split_names(factor, by)
        grid = self._grid(names, at, margins)
        levels = list(dict.fromkeys(key[0] for key in grid.keys))
        base = levels[0] if reference is None else reference
        if base not in levels:
            raise fault("reference", repr(reference), "one of " + ", ".join(map(repr, levels)))
        pairs = [(level, base) for level in levels if level != base]
        if comparison == "pairwise":
            pairs = [(late, early) for early, late in combinations(levels, 2)]
        place = {key: number for number, key in enumerate(grid.keys)}
        cells = list(dict.fromkeys(key[1:] for key in grid.keys))
        rows = [(a, b, cell) for cell in cells for a, b in pairs]
        contrasts = np.stack([grid.rows[place[a, *cell]] - grid.rows[place[b, *cell]] for a, b, cell in rows])
        labels = {"contrast": [f"{a} - {b}" for a, b, _ in rows]}
        labels |= {name: [cell[i] for _, _, cell in rows] for i, name in enumerate(within)}
        return tables.as_frame({**labels, **self._estimate(contrasts, conf_level)})

    def test_terms(self) -> "pl.DataFrame":
        """Return an F test of every term (type III): term, f, num_df, denom_df, p_value.

        A hypothesis is that the term's coefficients are zero in the model with contrasts that sum to zero, so that a
        main effect is averaged with equal weights over the other factors and stands where numeric covariates are zero.
        The contrasts of a formula with calls are kept as they are.
        """
        model = self.model
        hypotheses = type_three(model.coding, model.rows.columns, model.design)
        found = [(label, self.test(rows)) for label, rows in hypotheses.items() if label != "(Intercept)"]
        columns: dict[str, list[Any]] = {"term": [label for label, _ in found]}
        for name in ("f", "num_df", "denom_df", "p_value"):
            columns[name] = [result[name] for _, result in found]
        return tables.as_frame(columns, floats=("f", "denom_df"))

    anova = test_terms

    def test(self, contrasts: Any) -> dict[str, Any]:
        """Return the F test of a joint hypothesis: f, num_df, denom_df, p_value.

        Parameters
        ----------
        contrasts
            Rows over all coefficients, or mappings from names of coefficients to weights, one per row. Rows that
            cannot be estimated are left out; where none is left, every field but ``num_df`` is ``None``.
        """
        from scipy.special import fdtrc  # noqa: PLC0415

        rows = self._rows(contrasts)
        inside, possible = self.model.space.reduce(rows)
        inside = inside[possible & (np.abs(inside).max(axis=1) > 0)]
        if not len(inside):
            return {"f": None, "num_df": 0, "denom_df": None, "p_value": None}
        f, size, freedom = self.model.inference.test(inside)
        return {"f": f, "num_df": size, "denom_df": freedom, "p_value": float(fdtrc(size, freedom, f))}

    def estimate(self, contrasts: Any, *, conf_level: float | None = None) -> "pl.DataFrame":
        """Return single linear combinations of coefficients, given as for `test`."""
        return tables.as_frame(self._estimate(self._rows(contrasts), conf_level))

    def predict(self, data: Any = None) -> "pl.DataFrame":
        """Return expected values for the rows of ``data`` (else the frame of the fit), given the subject's seen visits.

        Returns
        -------
        polars.DataFrame
            subject, visit, observed, mean (of the model), predicted (the observed value where there is one),
            se_mean (coefficients only), se_prediction (with the subject's scatter). Rows without a covariate, or at
            a visit that the fit does not know, are left out.
        """
        model, frame = self.model, self.model.frame if data is None else data
        wanted = collect_predictors(frame, model.rows, model.parsed.names, self)
        found = predict_rows(
            model.inference.solution,
            model.coding.matrix(wanted.columns, len(wanted.response))[:, model.space.kept],
            wanted.response,
            wanted.subject,
            wanted.visit,
            wanted.group,
            wanted.weights,
        )
        labels = {
            self.subject: [wanted.subjects[code] for code in wanted.subject],
            self.visit: [self.visits[code] for code in wanted.visit],
            "observed": [None if np.isnan(y) else y for y in wanted.response.tolist()],
        }
        return tables.as_frame({**labels, **found}, floats=("observed",))

    def residuals(self, kind: Residual = "response") -> "pl.DataFrame":
        """Return one residual per row used: subject, visit, residual.

        ``response`` observed less mean; ``pearson`` over the standard deviation; ``normalized`` whitened within the
        subject; ``conditional`` observed less what the subject's other visits let one expect.
        """
        check_choice(kind, "kind", ("response", "pearson", "normalized", "conditional"))
        rows = self.model.rows
        values = find_residuals(self.model.inference.solution, kind, rows.weights)
        return tables.as_frame({
            self.subject: [rows.subjects[code] for code in rows.subject],
            self.visit: [rows.visits[code] for code in rows.visit],
            "residual": values.tolist(),
        })  # fmt: skip

    def to_frame(self) -> "pl.DataFrame":
        """Return the coefficients."""
        return self.coefficients

    def to_dict(self) -> dict[str, Any]:
        """Return the fit as a plain dictionary, ready for JSON."""
        plain = ("formula", "covariance", "method", "df", "vcov", "conf_level", "n_rows", "n_subjects",
                 "log_likelihood", "aic", "bic", "parameters", "steps", "footnote")  # fmt: skip
        sigma = self.sigma
        matrix = {str(k): v.tolist() for k, v in sigma.items()} if isinstance(sigma, dict) else sigma.tolist()
        return {
            **{name: getattr(self, name) for name in plain},
            "visits": [str(visit) for visit in self.visits],
            "aliased": list(self.aliased),
            "notes": list(self.notes),
            "sigma": matrix,
            "coefficients": self.coefficients.to_dicts(),
        }

    def __repr__(self) -> str:
        return (
            f"MMRM: {self.formula}; {self.covariance}, {self.method.upper()}, {self.df}; {self.n_rows} rows of "
            f"{self.n_subjects} subjects; log-likelihood {self.log_likelihood:.4f}, converged in {self.steps} steps"
        )

    def _repr_html_(self) -> str:
        rows = [
            (row["term"], *map(format_number, (row["estimate"], row["se"], row["df"], row["low"], row["high"])),
             format_p(row["p_value"]))
            for row in self.coefficients.iter_rows(named=True)
        ]  # fmt: skip
        return render_html_table(self.footnote, ("", "estimate", "SE", "df", "low", "high", "p-value"), rows)

    def _grid(self, names: Sequence[str], at: Mapping[str, Any] | None, margins: Margins) -> Grid:
        check_choice(margins, "margins", ("equal", "observed"))
        return build_grid(self.model.coding, self.model.rows.columns, names, at or {}, margins)

    def _estimate(self, contrasts: Array, conf_level: float | None = None, *, test: bool = True) -> dict[str, Any]:
        level = self.conf_level if conf_level is None else conf_level
        check_conf_level(level)
        return tables.estimate_rows(self.model.inference, self.model.space, contrasts, level, test=test)

    def _rows(self, contrasts: Any) -> Array:
        """Rows over all coefficients from arrays or from mappings of names."""
        names = self.model.coding.names
        given = [contrasts] if isinstance(contrasts, Mapping) else contrasts
        if not isinstance(given, np.ndarray) and any(isinstance(row, Mapping) for row in given):
            strange = [name for row in given for name in row if name not in names]
            if strange:
                raise fault("contrasts", ", ".join(map(repr, strange)), "coefficients " + ", ".join(names))
            return np.array([[float(row.get(name, 0)) for name in names] for row in given])
        rows = np.atleast_2d(np.asarray(given, dtype=np.float64))
        if rows.shape[1] != len(names):
            raise fault("contrasts", f"{rows.shape[1]} weights", f"{len(names)}, one per coefficient")
        return rows
