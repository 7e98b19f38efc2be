"""The tables of a recorded study."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pandas as pd
import yaml

from study.claims.ledger import NO_DATA
from study.claims.robustness import DECAY_CHOSEN, SETTING_CHOSEN
from study.provenance.archive import Archive
from study.results.tables import NAMES


@dataclass(frozen=True)
class Recorded:
    """A recorded study: what was noted of it, its ledger of claims, and the tables that its figures draw."""

    archive: Archive

    @property
    def about(self) -> Mapping[str, Any]:
        return self.archive.about

    @property
    def ledger(self) -> pd.DataFrame:
        return self._table(f"results/{self.archive.study}/claims.csv")

    @property
    def arms(self) -> list[pd.DataFrame]:
        """The ledgers of claims under other settings of training, in the order of the configuration."""
        members = (f"results/{self.archive.study}/arms/{arm}/claims.csv" for arm in self.multiverse.get("arms", {}))
        return [self._table(member) for member in members if member in self.archive.sums]

    @property
    def all_arms(self) -> pd.DataFrame:
        """The ledger and those of the arms, in one table."""
        return pd.concat([self.ledger, *self.arms], ignore_index=True)

    @property
    def multiverse(self) -> Mapping[str, Any]:
        """The other settings of training, as the configuration has them; empty where it has none."""
        config = yaml.safe_load(self.archive.read(f"results/{self.archive.study}/config.yaml"))
        return config["robustness"].get("multiverse", {})

    def drawn(self, figure: str) -> pd.DataFrame:
        """The table of what a figure draws."""
        return self._table(f"figures/{self.archive.study}/{figure}.csv")

    @property
    def scores(self) -> pd.DataFrame:
        """Scores of the classifiers on every table and split."""
        folder = f"results/{self.archive.study}/asonn/"
        members = [name for name in self.archive.sums if name.startswith(folder) and name.endswith("/scores.csv")]
        return pd.concat(map(self._table, members), ignore_index=True)

    def _table(self, member: str) -> pd.DataFrame:
        options = {"keep_default_na": False, "na_values": [""]}
        return pd.read_csv(BytesIO(self.archive.read(member)), dtype=dict.fromkeys(NAMES, str), **options)


def own_caution(caution: object) -> str:
    """A caution without what many have in common and the pages say once: that the setting was chosen."""
    return caution.replace(DECAY_CHOSEN, "").replace(SETTING_CHOSEN, "").strip() if isinstance(caution, str) else ""


def lacks_data(ledger: pd.DataFrame) -> pd.Series:
    """Rows about image sets that are no part of the study."""
    return ledger["needs"].astype(str).str.startswith(NO_DATA)
