"""What the peers' processes share: images, and the line-by-line answers to bench/peers."""

import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from labelled_images import cifar10  # noqa: E402

IMAGES = 20480


def images_and_labels(count=IMAGES):
    (images, labels), _ = cifar10()
    return images[:count].astype("float32") / 255, labels[:count]


def first_step():
    """The network and batch of --first-step: a process that trains one step and ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--first-step", nargs=2, metavar=("NETWORK", "BATCH"))
    return parser.parse_args().first_step


def serve(library, variants, measure):
    """Answers with measure(variant, network, mode, precision, batch, seconds), in images a second, until the
    end. `variants` has those of each mode."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keep prints of the library out of the results
    names = {mode: list(of_mode) for mode, of_mode in variants.items()}
    print(json.dumps({"library": library, "variants": names}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        speed = measure(request["variant"], request["network"], request["mode"],
                        request["precision"], request["batch"], request["seconds"])
        print(json.dumps({"images_per_second": speed}), file=answers, flush=True)
