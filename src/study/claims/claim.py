"""What a claim is: a sentence of a source, and the region where a measured effect must lie if it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

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
    "Classification (ICONIP 2023; its slides)",
    BEYOND: "Statements of this project that neither paper makes",
}

Estimates = Callable[[Measured, str], Mapping[str, Estimate]]  # of a study and the data; keys name what is compared


@dataclass(frozen=True)
class Region:
    """Where an effect lies if a claim holds: strictly between `low` and `high`."""

    low: float = -inf
    high: float = inf
    symbol: str = ""  # `+`, `−` or `=` where it is the sign of a difference

    def __str__(self) -> str:
        if self.high == inf:
            return f"above {self.low:g}"
        if self.low == -inf:
            return f"below {self.high:g}"
        return f"between {self.low:g} and {self.high:g}"

    @property
    def sign(self) -> str:
        """As the page of signs has it: `+`, `−`, `=`, or `< 0.05`."""
        if self.symbol or inf not in (self.high, -self.low):
            return self.symbol or f"{self.low:g} to {self.high:g}"
        return f"> {self.low:g}" if self.high == inf else f"< {self.high:g}"


ABOVE, BELOW = Region(low=0, symbol="+"), Region(high=0, symbol="−")
MORE, FEWER = Region(low=1, symbol="+"), Region(high=1, symbol="−")  # of ratios


def within(margin: float) -> Region:
    return Region(-margin, margin, "=")


@dataclass(frozen=True)
class Claim:
    """A statement and the one test that it must pass.

    estimate(measured, dataset) gives the effects that the statement is about: one, or several of which it says the
    same, such as one for each regrowth rule. It holds if every effect lies in the region. What a study lacks for it is
    raised as `NotMeasured`.
    """

    id: str
    paper: str  # a key of PAPERS; multiple testing is corrected within it
    where: str  # section and figure
    statement: str  # one sentence of ours
    effect: str  # what is measured, with its unit
    estimate: Estimates
    quote: str = ""  # the words of the source
    region: Region | None = None  # None: of data sets that `on` does not name, nothing is claimed
    on: Mapping[str, Region | None] = field(default_factory=dict)  # data sets of which something else is claimed
    over: tuple[str, ...] = ()  # what there is an outcome for, such as `all tables`; empty: each image set
    ratio: bool = False  # the effect is one of two quantities above 0, no difference
    caution: str = ""  # what a reader should bear in mind

    def region_on(self, dataset: str) -> Region | None:
        return self.on.get(dataset, self.region)

    @property
    def any_region(self) -> Region:
        """What is claimed somewhere."""
        return next(region for region in (self.region, *self.on.values()) if region)
