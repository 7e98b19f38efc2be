"""Fits ASONN, version 2 and readings, to one table with and without costs of features; says what those it uses cost."""

import argparse

import numpy as np
import pandas as pd

from asonn.classifier import ASONNClassifier
from study.classifiers import classifier_names, factory_of
from study.data.classification_tables import load_classification_table
from study.evaluation import split_rows
from study.provenance.record import Output, parse
from study.results.tables import write_results
from study.scripts.run import run
from study.scripts.tables import add_splits, add_table

DEAR = 10.0  # what each of the costly features costs; the others cost 1


def draw_costs(features: list[str], split: int) -> dict[str, float]:
    """Half of the features, rounded down, are costly: other ones in each split."""
    costly = np.random.default_rng(split).permutation(len(features))[: len(features) // 2]
    return {name: DEAR if number in costly else 1.0 for number, name in enumerate(features)}


def cost_of_combinations(classifier: ASONNClassifier, costs: dict[str, float]) -> float:
    """What the features in the ranges of a combination cost, as mean over the training rows that it represents."""
    rules = classifier.rules_
    of_combination = rules["attribute"].map(costs).groupby(rules["combination"]).sum()
    support = classifier.combinations_.set_index("combination")["support"]
    return float((of_combination.reindex(support.index, fill_value=0) * support).sum() / support.sum())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_table(parser)
    add_splits(parser)
    parser.add_argument("--costs", type=Output, required=True, metavar="CSV", help="writes one row a split and reading")
    options, record = parse(parser, arguments, __file__)
    with record:
        features, target = load_classification_table(options.path)
        rows = []
        for name in classifier_names([2], options.readings, [], []):
            for split in range(options.splits):
                train, test = split_rows(target.to_numpy(), options.test_size, split)
                costs = draw_costs(list(features), split)
                row = {"classifier": name, "split": split}
                for known in (False, True):
                    classifier = factory_of(name, ASONNClassifier)(split).set_params(
                        feature_costs=costs if known else None
                    )
                    classifier.fit(features.iloc[train], target.iloc[train])
                    suffix = "known" if known else "unknown"
                    row[f"cost_{suffix}"] = cost_of_combinations(classifier, costs)
                    row[f"accuracy_{suffix}"] = classifier.score(features.iloc[test], target.iloc[test])
                rows.append(row)
        write_results(pd.DataFrame(rows), options.costs, table=options.table)


if __name__ == "__main__":
    run(main)
