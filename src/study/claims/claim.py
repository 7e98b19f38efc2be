"""What a claim is: a sentence of a paper, and the region where a measured effect must lie if it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from study.claims.hypothesis_tests import Estimate
from study.claims.measures import Measured

ROBUSTNESS = "Sulyok et al."
ASONN = "Horzyk et al."
BEYOND = "beyond the papers"
PAPER_DATASETS = ("mnist", "fashion_mnist", "kmnist", "emnist_letters")  # the image sets of Sulyok et al.
PAPERS = {
    ROBUSTNESS: "Sulyok, Palla, Radicchi, Fortunato: Robustness in sparse artificial neural networks trained with "
    "adaptive topology (arXiv 2602.21961)",
    ASONN: "Horzyk, Kosno, Bulanda, Starzyk: Explainable Sparse Associative Self-Optimizing Neural Networks for "
    "Classification (ICONIP 2023)",
    BEYOND: "Statements of this project that neither paper makes",
}


@dataclass(frozen=True)
class Claim:
    """A statement and the one test that it must pass.

    estimate(measured, dataset) gives the effects that the statement is about: one, or one for each regrowth rule of
    which it says the same. It holds if every effect lies strictly between `low` and `high`. What a study lacks for it
    is raised as `NotMeasured`; a claim without bounds always lacks something.
    """

    id: str
    paper: str  # a key of PAPERS; multiple testing is corrected within it
    where: str  # section or figure
    statement: str  # one sentence of ours
    effect: str  # what is measured, with its unit
    estimate: Callable[[Measured, str], Mapping[str, Estimate]]
    low: float | None = None
    high: float | None = None
    datasets: tuple[str, ...] = ()  # those that the statement names; empty: each image set of the study
    except_datasets: tuple[str, ...] = ()
    over: str = ""  # what one outcome is for, such as `all tables`; empty: one outcome for each image set

    @property
    def region(self) -> str:
        """When the claim holds, in words: `above 0`, `between 0.01 and 0.05`; nothing for one that has no test."""
        if self.low is None and self.high is None:
            return ""
        if self.high is None:
            return f"above {self.low:g}"
        if self.low is None:
            return f"below {self.high:g}"
        return f"between {self.low:g} and {self.high:g}"
