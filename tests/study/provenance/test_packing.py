"""The table of the networks of a study."""

from study.provenance.packing import networks_of


def record(script, outputs, **arguments):
    return {"script": script, "arguments": {"dataset": "mnist", **arguments}, "outputs": outputs} | {
        "git": {"commit": "c", "dirty": False},
        "processor": "p",
        "cpu_seconds": 12.0,
    }


def test_there_is_a_row_for_each_network_those_that_were_trained_together_included(tmp_path):
    records = {
        str(tmp_path / "network.json"): record(
            "train.py", {"network": {"0.npz": "n0"}, "history": {"0.csv": "h0"}}, rule="random", seed=0
        ),
        str(tmp_path / "networks.json"): record(
            "train_dense.py",
            {"networks": {"0.npz": "d0", "1.npz": "d1"}, "histories": {"0.csv": "g0", "1.csv": "g1"}},
            seeds=[0, 1],
        ),
        str(tmp_path / "claims.json"): record("check_claims.py", {}),
    }
    for path in records:
        (tmp_path / path).touch()
    table = networks_of(records)
    assert table[["rule", "seed", "network_sha256", "history_sha256", "cpu_seconds"]].to_numpy().tolist() == [
        ["random", 0, "n0", "h0", 12.0],
        ["dense", 0, "d0", "g0", 6.0],
        ["dense", 1, "d1", "g1", 6.0],
    ]
