"""The arguments of every script that trains networks, said once."""

from argparse import ArgumentParser, BooleanOptionalAction, Namespace

SETTINGS = (
    "epochs",
    "batch_size",
    "learning_rate",
    "learning_rate_schedule",
    "momentum",
    "weight_decay",
    "zeta",
    "remove_disconnected",
    "regrown_weight",
)


def add_training_arguments(parser: ArgumentParser) -> None:
    """Adds the size of the network and the settings of its training, each one required: a study says all of them."""
    network = parser.add_argument_group("network")
    network.add_argument(
        "--hidden-sizes", type=int, nargs="+", required=True, metavar="UNITS", help="units of each hidden layer"
    )
    network.add_argument(
        "--density", type=float, required=True, help="share of the possible links of each hidden layer that exist"
    )
    training = parser.add_argument_group("training")
    training.add_argument("--epochs", type=int, required=True, help="passes over the training images")
    training.add_argument("--batch-size", type=int, required=True, metavar="IMAGES", help="images of one step of SGD")
    training.add_argument("--learning-rate", type=float, required=True, metavar="RATE", help="rate of the first epoch")
    training.add_argument(
        "--learning-rate-schedule",
        choices=("linear", "constant"),
        required=True,
        help="linear: to 1 %% over the first 90 %% of the epochs",
    )
    training.add_argument("--momentum", type=float, required=True, help="share of the velocity kept from step to step")
    training.add_argument(
        "--weight-decay", type=float, required=True, metavar="DECAY", help="L2 penalty on all parameters"
    )
    training.add_argument(
        "--zeta", type=float, required=True, metavar="SHARE", help="share of each layer's links removed after an epoch"
    )
    training.add_argument(
        "--remove-disconnected",
        action=BooleanOptionalAction,
        required=True,
        help="whether an update also removes the links on no path from an input to the readout",
    )
    training.add_argument(
        "--regrown-weight",
        choices=("redraw", "keep"),
        required=True,
        help="weight of a link that is removed and regrown at once",
    )


def training_settings(options: Namespace) -> dict:
    """The settings of training among parsed arguments, by name."""
    return {name: getattr(options, name) for name in SETTINGS}
