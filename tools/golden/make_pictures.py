"""What torchvision's functions on bytes give, for tests/image/pictures_test.cpp. The inputs are made from
seeds, there and here in the same way. Needs torchvision 0.16 or later."""
import pathlib
import random

import torch
from torchvision.transforms import v2
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F

lines = []
draw = random.Random(1)


def picture(seed, channels, height, width):
    """Noise whose levels run from 40 to 202, more of them dark."""
    state, values = seed, []
    for _ in range(height * width * channels):
        state = (state * 1664525 + 1013904223) % 2**32
        level = state >> 24
        values.append(40 + level * level // 400)
    return torch.tensor(values, dtype=torch.uint8).reshape(height, width, channels).permute(2, 0, 1).contiguous()


def case(name, function, parameters, channels=3, height=None, width=None):
    seed = len(lines)
    height, width = height or draw.randint(5, 12), width or draw.randint(5, 12)
    out = function(picture(seed, channels, height, width)).permute(1, 2, 0)
    assert out.dtype == torch.uint8
    lines.append(f"case {name}-{seed:04}")
    lines.append(f"shape 4 {seed} {channels} {height} {width}")
    lines.append(" ".join(["parameters", str(len(parameters))] + [repr(float(v)) for v in parameters]))
    lines.append(f"pixels {out.numel()} " + " ".join(map(str, out.reshape(-1).tolist())))


for factor in (0.0, 0.37, 1.0, 1.4, 2.0):  # a whole number would wrap around in bytes
    case("brightness", lambda x: F.adjust_brightness(x, factor), [factor])
    case("contrast", lambda x: F.adjust_contrast(x, factor), [factor], channels=draw.choice((1, 3)))
    case("saturation", lambda x: F.adjust_saturation(x, factor), [factor])
    case("sharpness", lambda x: F.adjust_sharpness(x, factor), [factor], channels=draw.choice((1, 3)))
for part in (-0.5, -0.21, 0.0, 0.1, 0.5):
    case("hue", lambda x: F.adjust_hue(x, part), [part])
case("sharpness", lambda x: F.adjust_sharpness(x, 0.5), [0.5], height=2)
case("grey", lambda x: F.rgb_to_grayscale(x, 3), [])
for bits in (1, 4, 8):
    case("posterize", lambda x: F.posterize(x, bits), [bits])
for threshold in (0, 100.5, 255):
    case("solarize", lambda x: F.solarize(x, threshold), [threshold])
for channels in (1, 3):
    case("invert", F.invert, [], channels)
    case("autocontrast", F.autocontrast, [], channels)
    case("equalize", F.equalize, [], channels)
    case("equalize", F.equalize, [], channels, 24, 27)
for size, sigma in ((1, 1.0), (3, 0.1), (3, 2.0), (5, 1.1), (9, 1.7)):
    case("blur", lambda x: F.gaussian_blur(x, [size, size], [sigma, sigma]), [size, sigma], draw.choice((1, 3)), 10, 9)

for number in range(16):
    name, mode = (("nearest", InterpolationMode.NEAREST), ("bilinear", InterpolationMode.BILINEAR))[number % 2]
    channels = (1, 3)[number // 2 % 2]
    degrees, scale = draw.uniform(-180, 180), draw.uniform(0.5, 2)
    right, down = draw.randint(-3, 3), draw.randint(-3, 3)
    shears = [draw.uniform(-40, 40), draw.uniform(-40, 40)]
    case(f"affine-{name}", lambda x: F.affine(x, degrees, [right, down], scale, shears, mode),
         [scale, *shears, degrees, right, down], channels)
for number in range(4):
    degrees = draw.uniform(-90, 90)
    # rotate turns counter-clockwise, affine clockwise.
    case("affine-bilinear", lambda x: F.rotate(x, -degrees, InterpolationMode.BILINEAR), [1, 0, 0, degrees, 0, 0])
for number in range(12):
    name, mode = (("nearest", InterpolationMode.NEAREST), ("bilinear", InterpolationMode.BILINEAR))[number % 2]
    height, width = draw.randint(6, 12), draw.randint(6, 12)
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    end = [[x + draw.uniform(-2, 2), y + draw.uniform(-2, 2)] for x, y in start]
    case(f"perspective-{name}", lambda x: F.perspective(x, start, end, mode),
         [v for point in start + end for v in point], (1, 3)[number // 2 % 2], height, width)

path = pathlib.Path(__file__).parents[2] / "tests/golden/pictures.txt"
path.write_text("\n".join(lines) + "\n")

# The operations of RandAugment and TrivialAugmentWide, for tests/data/pictures_test.cpp: the augmentation, the
# operation's place in torchvision's table, and the magnitude as a share of the greatest.
lines = []
for wide, augmentation in enumerate((v2.RandAugment(), v2.TrivialAugmentWide())):
    for place, (name, (magnitudes, signed)) in enumerate(augmentation._AUGMENTATION_SPACE.items()):
        for number in (9, 22):
            height, width = (24, 27) if name == "Equalize" else (11, 9)
            values = magnitudes(31, height, width)
            sign = -1 if signed and number == 22 else 1
            magnitude = 0.0 if values is None else sign * float(values[number])
            if name == "Rotate":
                magnitude = -magnitude  # ours is clockwise
            case(f"{name.lower()}-{wide}", lambda x: augmentation._apply_image_or_video_transform(
                x, name, magnitude, InterpolationMode.NEAREST, {torch.Tensor: None}),
                 [wide, place, sign * number / 30], 3, height, width)
path.with_name("picture-operations.txt").write_text("\n".join(lines) + "\n")
