"""Which trainings the comparison is made of, and the file of JSON lines that holds their results."""

import json
import pathlib

EPOCHS = {"cifar10": 10, "fashion-mnist": 5}


def add_run_arguments(parser):
    parser.add_argument("output", type=pathlib.Path, help="file of JSON lines to append to")
    parser.add_argument("--sources", nargs="+", choices=EPOCHS, default=list(EPOCHS))
    parser.add_argument("--l2", nargs="+", type=float, default=[0.0, 1e-3])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])


def runs(arguments):
    return [{"source": source, "l2": l2, "seed": seed}
            for source in arguments.sources for l2 in arguments.l2 for seed in arguments.seeds]


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def finished(path, run):
    return any(all(line[key] == value for key, value in run.items()) for line in read(path))


def append(path, result):
    with path.open("a") as file:
        file.write(json.dumps(result) + "\n")
    print(f"{result['source']} l2 {result['l2']:g} seed {result['seed']}: test accuracy "
          f"{result['test']['accuracy']:.4f}, data loss {result['test']['data_loss']:.4f} "
          f"({result['seconds']:.0f} s)", flush=True)
