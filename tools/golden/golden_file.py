"""The files that tests/support/golden.hpp reads: named arrays, one a line, in named cases:
`case NAME`, then NAME COUNT VALUE..."""
import pathlib
import sys

import torch

torch.set_default_dtype(torch.float64)
folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "tests/golden")


class Golden:
    def __init__(self, name):
        self.lines, self.path = [], folder / name

    def case(self, name):
        self.lines.append(f"case {name}")

    def add(self, name, tensor):
        values = torch.as_tensor(tensor).detach().double().reshape(-1).tolist()
        self.lines.append(" ".join([name, str(len(values))] + [f"{v:.9g}" for v in values]))

    def write(self):
        folder.mkdir(parents=True, exist_ok=True)
        self.path.write_text("\n".join(self.lines) + "\n")


def single(tensor):
    """Rounded to single precision, so that both sides begin with the same numbers."""
    return tensor.float().double().requires_grad_()
