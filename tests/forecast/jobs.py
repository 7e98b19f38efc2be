"""A few jobs by hand, for the tests of this folder."""

from study.workflow.jobs import Command, Job

DIGITS = "resources/images/digits.npz"
NETWORK = "--hidden-sizes 20 30 --density 0.1"
LINKS = 64 * 20 * 0.1 + 20 * 30 * 0.1 + 0.4 * 30 * 10  # of that network for digits
PIXELS = (1257 + 540) * 64


def job(rule: str, command: str, inputs=(), outputs=(), **more) -> Job:
    return Job(rule, Command.parse(f"python src/{command}") if command else None, tuple(inputs), tuple(outputs), **more)


def prepare() -> Job:
    return job("prepare_digits", f"prepare_digits.py --output {DIGITS}", outputs=[DIGITS])


def train(seed: int, rule: str = "random", epochs: int = 11) -> Job:
    folder = f"results/demo/training/digits/{rule}/{seed}"
    return job(
        "train",
        f"train.py --images {DIGITS} --rule {rule} --seed {seed} {NETWORK} --epochs {epochs} --batch-size 16"
        f" --checkpoint {folder}/checkpoint.npz --record {folder}/network.json",
        inputs=[DIGITS],
        outputs=[f"{folder}/network.npz", f"{folder}/history.csv"],
        log=f"{folder}.log",
    )


def figure(*trainings: Job) -> Job:
    histories = [training.outputs[1] for training in trainings]
    return job("fig3", f"figure_learning_curves.py {' '.join(histories)} --output x", histories, ["x.pdf", "x.png"])
