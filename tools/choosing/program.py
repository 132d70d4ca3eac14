"""Calls the program, and keeps results as JSON lines, for comparisons with other libraries."""

import argparse
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import time

PROGRAM = str(pathlib.Path(__file__).resolve().parents[2] / "build/release/ridgeline")


def call(program, command, words, what):
    """The program's JSON; ends with its message, headed by `what`, if it fails."""
    run = subprocess.run([program, command, "--json", *words], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{what}: {run.stderr.strip()}")
    return json.loads(run.stdout)


def select(program, words, what):
    """A selection whose study is not kept. Gives its JSON and its seconds with reading the images."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        result = call(program, "select", [*words, f"select.study={folder}/study"], what)
        return result, time.perf_counter() - start


def refit(program, words, what):
    """A training on all training images. Gives its test scores and the seconds of its epochs."""
    with tempfile.TemporaryDirectory() as folder:
        result = call(program, "train", [*words, "data.validation=0", f"train.run={folder}/run"],
                      what)
        with open(f"{folder}/run/history.csv", newline="") as history:
            seconds = sum(float(row["seconds"]) for row in csv.DictReader(history))
        return result["test"], seconds


def over_l2(low, high):
    """The setting that searches λ in this range."""
    return f'select.over={{ "regularize.l2" = {{ min = {low:g}, max = {high:g} }} }}'


def records(path):
    """The results that `path` has so far."""
    if not path.exists():
        return []
    found = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        try:
            found += [json.loads(line)] if line.strip() else []
        except json.JSONDecodeError as problem:
            sys.exit(f"{path}:{number}: is no result ({problem}): remove the line")
    return found


def append(path, record):
    with path.open("a") as file:
        file.write(json.dumps(record) + "\n")


def commands(description, run, table):
    """The parser of a comparison with the commands `run OUT` and `table OUT`, and that of `run`, for
    options of its own."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    added = parser.add_subparsers(required=True)
    running, showing = added.add_parser("run"), added.add_parser("table")
    for command, action in ((running, run), (showing, table)):
        command.add_argument("out", type=pathlib.Path)
        command.set_defaults(action=action)
    running.add_argument("--program", default=PROGRAM)
    running.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    return parser, running
