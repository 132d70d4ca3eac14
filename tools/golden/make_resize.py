"""What Pillow's Image.resize gives, for tests/image/resize_test.cpp. The input is made from a seed, there
and here in the same way. Needs Pillow 3.3 to 12: from 13 on, Pillow resizes rows before columns where
that is faster, which rounds otherwise."""
import pathlib
import random

import numpy as np
from PIL import Image

lines = []
draw = random.Random(1)


def noise(seed, height, width, channels):
    state, values = seed, np.empty(height * width * channels, np.uint8)
    for i in range(values.size):
        state = (state * 1664525 + 1013904223) % 2**32
        values[i] = state >> 24
    return values.reshape(height, width, channels)


filters = ["nearest", "bilinear", "bicubic", "lanczos"]
for case in range(64):
    name, channels = filters[case % 4], (1, 3)[case // 4 % 2]
    height, width = draw.randint(1, 60), draw.randint(1, 60)
    out_height, out_width = draw.randint(1, 24), draw.randint(1, 24)
    if case % 5 == 0:
        out_height, out_width = draw.randint(1, 40), draw.randint(1, 40)
    box = (0, 0, width, height)
    if case // 8 % 3 > 0:
        left, top = draw.uniform(0, width - 0.5), draw.uniform(0, height - 0.5)
        box = (left, top, draw.uniform(left + 0.1, width), draw.uniform(top + 0.1, height))
    if case // 8 % 3 == 2:
        box = tuple(float(int(v)) for v in box[:2]) + tuple(float(int(v) + 1) for v in (box[0] + 0.1, box[1] + 0.1))
        box = box[:2] + (draw.randint(int(box[2]), width), draw.randint(int(box[3]), height))
    pixels = noise(case, height, width, channels)
    image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
    out = np.asarray(image.resize((out_width, out_height), getattr(Image.Resampling, name.upper()), box))
    lines.append(f"case {case:02}-{name}")
    lines.append(f"filter 1 {filters.index(name)}")
    lines.append(f"shape 6 {case} {channels} {height} {width} {out_height} {out_width}")
    lines.append("box 4 " + " ".join(repr(float(v)) for v in box))
    lines.append(f"pixels {out.size} " + " ".join(map(str, out.reshape(-1))))
path = pathlib.Path(__file__).parents[2] / "tests/golden/resize.txt"
path.write_text("\n".join(lines) + "\n")
