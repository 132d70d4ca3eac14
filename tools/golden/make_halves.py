#!/usr/bin/env python3
"""Writes tests/golden/halves.safetensors: numbers of 16 bits, and beside them the single-precision numbers that PyTorch
makes of them. Needs `pip install torch safetensors numpy`; the tests need neither.

usage: tools/golden/make_halves.py [FOLDER]
"""
import torch
from safetensors.torch import save_file

from golden_file import folder

# For each sign: zero, subnormal numbers, the least and the largest normal ones, neighbours of 1,
# infinity and NaN.
special = {torch.float16: [0x0000, 0x0001, 0x0002, 0x01FF, 0x03FF, 0x0400, 0x0401, 0x3BFF, 0x3C00, 0x3C01, 0x7BFF, 0x7C00, 0x7E00],
           torch.bfloat16: [0x0000, 0x0001, 0x007F, 0x0080, 0x0081, 0x3F7F, 0x3F80, 0x3F81, 0x7F7F, 0x7F80, 0x7FC0]}


def main():
    torch.manual_seed(3)
    tensors = {}
    for name, dtype in {"f16": torch.float16, "bf16": torch.bfloat16}.items():
        bits = [b | sign for b in special[dtype] for sign in (0, 0x8000)]
        chosen = torch.tensor([b - 0x10000 if b > 0x7FFF else b for b in bits], dtype=torch.int16).view(dtype)
        drawn = (torch.randn(64, dtype=torch.float32) * 10.0 ** torch.linspace(-6, 4, 64)).to(dtype)
        tensors[name] = torch.cat([chosen, drawn])
        tensors[name + ".as_f32"] = tensors[name].float()
    tensors["f64"] = torch.tensor([1.0], dtype=torch.float64)
    save_file(tensors, folder / "halves.safetensors")


main()
