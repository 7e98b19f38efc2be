"""Claims of Sulyok et al. Where the paper contradicts itself, both statements stand here, each with its own test.

The margins are ours: the paper says `small`, `about`, `slightly`. Without a data set of its own, a claim is tested on
each image set of a study, those that the paper does not have included.
"""

from collections.abc import Mapping

from study.claims.claim import PAPER_DATASETS, ROBUSTNESS, Claim
from study.claims.comparisons import PAPER_RULES, ch3l3_minus_random, mean_of_each, unmeasured
from study.claims.hypothesis_tests import Estimate, difference_of_means, number_above_zero, ratio_of_means
from study.claims.measures import Measured

AREA = "mean accuracy over the sweep, CH3-L3 minus random"


def update_cost(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    ours, theirs = (measured.update_seconds(dataset, rule) for rule in PAPER_RULES)
    return {"": ratio_of_means(ours, theirs, "timed networks")}


def area_of(perturbation: str):
    """Area under the curve of one perturbation, of each network."""
    return lambda measured, dataset, rule: measured.area(dataset, rule, perturbation)


def collapse(measured: Measured, dataset: str, rule: str):
    return measured.level_of_collapse(dataset, rule, "weight_order")


def end_of_plateau(measured: Measured, dataset: str, rule: str):
    return measured.level_of_first_loss(dataset, rule, "reverse_weight_order", loss=0.02)


def number_ahead_under_shuffling(measured: Measured, dataset: str) -> Mapping[str, Estimate]:
    areas = [[measured.area(name, rule, "weight_shuffling") for rule in PAPER_RULES] for name in PAPER_DATASETS]
    return {"": number_above_zero([difference_of_means(*pair) for pair in areas])}


def medium_weights(measured: Measured, dataset: str, rule: str):
    return measured.share_of_weights(dataset, rule, 0.2, 1)


def large_weights(measured: Measured, dataset: str, rule: str):
    return measured.share_of_weights(dataset, rule, 1)


CLAIMS = (
    Claim(
        id="competitive-accuracy",
        paper=ROBUSTNESS,
        where="Abstract",
        statement="Networks with 1 % of the links are about as accurate as other networks.",
        effect="test accuracy, sparse minus dense",
        estimate=unmeasured("needs dense networks, which no rule of this workflow trains"),
        over="all image sets",
    ),
    Claim(
        id="early-learning",
        paper=ROBUSTNESS,
        where="Results, Fig. 3",
        statement="CH3-L3 learns faster in the early epochs.",
        effect="mean test accuracy over epochs 2 to 10, CH3-L3 minus random",
        estimate=ch3l3_minus_random(Measured.early_accuracy),
        low=0,
    ),
    Claim(
        id="final-accuracy",
        paper=ROBUSTNESS,
        where="Results, Fig. 3",
        statement="Final accuracies of CH3-L3 and random are equal within a small margin, but for KMNIST.",
        effect="test accuracy after the last epoch, CH3-L3 minus random",
        estimate=ch3l3_minus_random(Measured.final_accuracy),
        low=-0.01,
        high=0.01,
        except_datasets=("kmnist",),
    ),
    Claim(
        id="final-accuracy-kmnist",
        paper=ROBUSTNESS,
        where="Results, Fig. 3",
        statement="On KMNIST, CH3-L3 ends slightly more accurate than random.",
        effect="test accuracy after the last epoch, CH3-L3 minus random",
        estimate=ch3l3_minus_random(Measured.final_accuracy),
        low=0,
        datasets=("kmnist",),
    ),
    Claim(
        id="fashion-valley",
        paper=ROBUSTNESS,
        where="Results, Fig. 3",
        statement="On Fashion-MNIST test accuracy has a local maximum and a dip after it.",
        effect="depth of the deepest valley of test accuracy (running median of 5 epochs, from epoch 10 on), each rule",
        estimate=mean_of_each(Measured.valley_depth, *PAPER_RULES),
        low=0.005,
        datasets=("fashion_mnist",),
    ),
    Claim(
        id="update-cost",
        paper=ROBUSTNESS,
        where="Results, Fig. 2",
        statement="A topology update by CH3-L3 takes about twice as long as one by random regrowth.",
        effect="median duration of an update, CH3-L3 over random",
        estimate=update_cost,
        low=1.4,
        high=2.8,
    ),
    Claim(
        id="random-pruning",
        paper=ROBUSTNESS,
        where="Results, Fig. 4",
        statement="CH3-L3 networks keep more accuracy than random ones when links are removed at random.",
        effect=AREA,
        estimate=ch3l3_minus_random(area_of("random_pruning")),
        low=0,
    ),
    Claim(
        id="weight-order-results",
        paper=ROBUSTNESS,
        where="Results, Fig. 4",
        statement="Removal of the largest weights first takes accuracy to its minimum within 1 to 5 % of the links.",
        effect="share of links removed when nine tenths of the loss are reached, each rule",
        estimate=mean_of_each(collapse, *PAPER_RULES),
        low=0.01,
        high=0.05,
    ),
    Claim(
        id="weight-order-discussion",
        paper=ROBUSTNESS,
        where="Discussion; contradicts weight-order-results",
        statement="Removal of the largest weights first takes accuracy to its minimum within 3 to 10 % of the links.",
        effect="share of links removed when nine tenths of the loss are reached, each rule",
        estimate=mean_of_each(collapse, *PAPER_RULES),
        low=0.03,
        high=0.1,
    ),
    Claim(
        id="reverse-order-plateau",
        paper=ROBUSTNESS,
        where="Results, Fig. 4",
        statement="Removal of the smallest weights first costs next to nothing up to about 60 to 80 % of the links.",
        effect="share of links removed when 0.02 of accuracy is lost, each rule",
        estimate=mean_of_each(end_of_plateau, *PAPER_RULES),
        low=0.55,
        high=0.85,
    ),
    Claim(
        id="reverse-order-random",
        paper=ROBUSTNESS,
        where="Results, Fig. 4",
        statement="Random networks are slightly ahead when the smallest weights are removed first.",
        effect=AREA,
        estimate=ch3l3_minus_random(area_of("reverse_weight_order")),
        high=0,
    ),
    Claim(
        id="shuffling-results",
        paper=ROBUSTNESS,
        where="Results, Fig. 5",
        statement="CH3-L3 networks resist shuffling of weights better on two of the four data sets.",
        effect=f"number of data sets above 0: {AREA}",
        estimate=number_ahead_under_shuffling,
        low=1.5,
        high=2.5,
        over="the paper's four",
    ),
    Claim(
        id="shuffling-discussion",
        paper=ROBUSTNESS,
        where="Discussion; contradicts shuffling-results",
        statement="CH3-L3 networks resist shuffling of weights better on three of the four data sets.",
        effect=f"number of data sets above 0: {AREA}",
        estimate=number_ahead_under_shuffling,
        low=2.5,
        high=3.5,
        over="the paper's four",
    ),
    Claim(
        id="noise-results",
        paper=ROBUSTNESS,
        where="Results, Fig. 5",
        statement="CH3-L3 networks resist noise on weights better, on all data sets.",
        effect=AREA,
        estimate=ch3l3_minus_random(area_of("weight_noise")),
        low=0,
    ),
    Claim(
        id="noise-discussion",
        paper=ROBUSTNESS,
        where="Discussion; contradicts noise-results",
        statement="Random networks resist noise on weights better.",
        effect=AREA,
        estimate=ch3l3_minus_random(area_of("weight_noise")),
        high=0,
    ),
    Claim(
        id="medium-weights",
        paper=ROBUSTNESS,
        where="Results, Fig. 6",
        statement="A larger share of weights lies between 0.2 and 1 in random networks.",
        effect="share of links with |weight| from 0.2 to 1, CH3-L3 minus random",
        estimate=ch3l3_minus_random(medium_weights),
        high=0,
    ),
    Claim(
        id="large-weights-mnist",
        paper=ROBUSTNESS,
        where="Results, Fig. 6",
        statement="On MNIST, weights above 1 are more frequent in CH3-L3 networks.",
        effect="share of links with |weight| above 1, CH3-L3 minus random",
        estimate=ch3l3_minus_random(large_weights),
        low=0,
        datasets=("mnist",),
    ),
    Claim(
        id="large-weights-fashion",
        paper=ROBUSTNESS,
        where="Results, Fig. 6",
        statement="On Fashion-MNIST, weights above 1 are not more frequent in CH3-L3 networks.",
        effect="share of links with |weight| above 1, CH3-L3 minus random",
        estimate=ch3l3_minus_random(large_weights),
        high=0,
        datasets=("fashion_mnist",),
    ),
)
