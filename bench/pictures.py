#!/usr/bin/env python3
"""The cost of each random change of an image, here and in torchvision's v2 transforms on tensors of bytes.

    bench/pictures.py [--images 50] [--rounds 7] [--python PYTHON]

The image has 224 x 224 pixels and three channels. The figures are microseconds of CPU time on one core,
measured round by round in turn, so that a disturbance of the machine meets both; the ratio is the median of
the rounds' ratios, with the least and the greatest. PYTHON is one with torchvision.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def peers():
    """Name to a function of a tensor."""
    from torchvision.transforms import v2
    from torchvision.transforms.v2 import functional as F

    smooth = v2.InterpolationMode.BILINEAR
    return {
        "horizontal_flip": v2.RandomHorizontalFlip(1),
        "vertical_flip": v2.RandomVerticalFlip(1),
        "shifted_crop": v2.RandomCrop(224, padding=4),
        "rotation": v2.RandomRotation(15, smooth),
        "affine": v2.RandomAffine(15, (0.1, 0.1), (0.9, 1.1), None, smooth),
        "perspective": v2.RandomPerspective(0.5, 1),
        "zoom_out": v2.Compose([v2.RandomZoomOut(p=1), v2.Resize((224, 224))]),
        "colour_jitter": v2.ColorJitter(0.4, 0.4, 0.4, 0.1),
        "brightness": v2.ColorJitter(brightness=0.4),
        "contrast": v2.ColorJitter(contrast=0.4),
        "saturation": v2.ColorJitter(saturation=0.4),
        "hue": v2.ColorJitter(hue=0.4),
        "random_grey": v2.RandomGrayscale(1),
        "blur": v2.GaussianBlur(9, (0.1, 2)),
        "sharpness": lambda x: F.adjust_sharpness(x, 1.3),
        "posterize": lambda x: F.posterize(x, 5),
        "solarize": lambda x: F.solarize(x, 128),
        "autocontrast": F.autocontrast,
        "equalize": F.equalize,
        "random_erasing": v2.RandomErasing(1),
        "rand_augment": v2.RandAugment(),
        "trivial_augment_wide": v2.TrivialAugmentWide(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--python", help="run by this interpreter, which has torchvision")
    options = parser.parse_args()
    if options.python and os.environ.get("RIDGELINE_BENCH") is None:
        os.environ["RIDGELINE_BENCH"] = "1"
        os.execv(options.python, [options.python, *sys.argv])
    import torch

    torch.set_num_threads(1)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "bench_pictures"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    program = subprocess.Popen([ROOT / "build/release/bench/bench_pictures"], text=True, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    y, x = torch.meshgrid(torch.arange(224), torch.arange(224), indexing="ij")
    image = torch.stack([(x + y) & 255, 255 - x, (x * y) >> 8]).to(torch.uint8)

    def ours(name):
        program.stdin.write(f"{name} {options.images}\n")
        program.stdin.flush()
        return float(program.stdout.readline()) / options.images

    def theirs(function):
        total = 0
        for _ in range(options.images):
            copy = image.clone()
            start = time.process_time()
            function(copy)
            total += time.process_time() - start
        return total / options.images

    print("CPU time of one core; load", *(f"{load:.1f}" for load in os.getloadavg()))
    print(f"{'':22}{'Ridgeline':>10}{'torchvision':>13}  ratio")
    for name, function in peers().items():
        rounds = [(ours(name), theirs(function)) for _ in range(options.rounds + 1)][1:]  # the first warms up
        ratios = sorted(b / a for a, b in rounds)
        mine, other = (1e6 * statistics.median(times) for times in zip(*rounds))
        print(f"{name:22}{mine:7.0f} us{other:10.0f} us  x{statistics.median(ratios):5.1f} "
              f"({ratios[0]:.1f} to {ratios[-1]:.1f})", flush=True)
    program.stdin.close()
    program.wait()


if __name__ == "__main__":
    main()
