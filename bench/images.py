#!/usr/bin/env python3
"""Decodes and augments JPEG files on one core, here and in torchvision, OpenCV, simplejpeg and Pillow.

    bench/images.py FOLDER [--large] [--images 100] [--rounds 5] [--python PYTHON]

Each library reads the same files from memory and takes a random part of each (8 % to 100 % of the area,
sides 3:4 to 4:3) at 224 x 224, bilinear and antialiased where it can, mirrored half of the time, as floats
in planes: ImageNet's training augmentation. The figures are images in a second of CPU time, measured round
by round in turn, so that a disturbance of the machine meets all of them; the ratio is the median of the
rounds' ratios. --large makes photographs of 500 x 375 and 2000 x 1500 pixels from those of FOLDER first.
PYTHON is one with the packages pillow, numpy, torchvision, opencv-python-headless and simplejpeg.
"""
import argparse
import io
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIDE = 224


def parts(height, width, draw):
    """A random part: top, left, height, width."""
    import math
    for _ in range(10):
        area, aspect = draw.uniform(0.08, 1) * height * width, math.exp(draw.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            return draw.randint(0, height - h), draw.randint(0, width - w), h, w
    return 0, 0, height, width


def pipelines():
    """Name to (decode, decode and augment), each a function of a file's bytes."""
    import cv2
    import numpy as np
    import simplejpeg
    import torch
    from PIL import Image
    from torchvision import io as tv_io
    from torchvision import transforms as v1
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    draw = random.Random(1)
    scale = np.float32(1 / 255)

    def planes(pixels):
        if draw.random() < 0.5:
            pixels = pixels[:, ::-1]
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)) * scale

    def pil(data):
        return Image.open(io.BytesIO(data)).convert("RGB")

    def pillow(data):
        image = Image.open(io.BytesIO(data))
        top, left, h, w = parts(image.height, image.width, draw)
        box = left, top, left + w, top + h
        resized = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)
        return planes(np.asarray(resized))

    with_pil = v1.Compose([v1.RandomResizedCrop(SIDE), v1.RandomHorizontalFlip(), v1.ToTensor()])
    with_tensors = v2.Compose([v2.RandomResizedCrop(SIDE, antialias=True), v2.RandomHorizontalFlip(),
                               v2.ToDtype(torch.float32, scale=True)])

    def tensor(data):
        return tv_io.decode_jpeg(torch.frombuffer(data, dtype=torch.uint8), mode=tv_io.ImageReadMode.RGB)

    def opencv(data):
        image = cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        top, left, h, w = parts(*image.shape[:2], draw)
        return planes(cv2.resize(image[top:top + h, left:left + w], (SIDE, SIDE), interpolation=cv2.INTER_AREA
                                 if h > SIDE and w > SIDE else cv2.INTER_LINEAR))

    def simple(data):
        image = simplejpeg.decode_jpeg(data)
        top, left, h, w = parts(*image.shape[:2], draw)
        return planes(cv2.resize(image[top:top + h, left:left + w], (SIDE, SIDE), interpolation=cv2.INTER_AREA
                                 if h > SIDE and w > SIDE else cv2.INTER_LINEAR))

    return {
        "torchvision, PIL": (pil, lambda data: with_pil(pil(data))),
        "torchvision, decode_jpeg and v2": (tensor, lambda data: with_tensors(tensor(data))),
        "OpenCV": (lambda data: cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), opencv),
        "simplejpeg and OpenCV": (simplejpeg.decode_jpeg, simple),
        "Pillow": (pil, pillow),
    }


def measure(folder, rounds):
    program = subprocess.Popen([ROOT / "build/release/bench/bench_images", folder], text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    files = [bytearray(path.read_bytes()) for path in sorted(pathlib.Path(folder).iterdir())]
    peers = pipelines()

    def ours():
        program.stdin.write("\n")
        program.stdin.flush()
        return [float(word) for word in program.stdout.readline().split()]

    def theirs(functions):
        times = []
        for function in functions:
            start = time.process_time()
            for data in files:
                function(data)
            times.append(time.process_time() - start)
        return times

    rows = {"Ridgeline": [], **{name: [] for name in peers}}
    for turn in range(rounds + 1):
        results = {"Ridgeline": ours(), **{name: theirs(both) for name, both in peers.items()}}
        if turn > 0:  # the first warms up
            for name, result in results.items():
                rows[name].append(result)
    program.stdin.close()
    program.wait()
    for name, results in rows.items():
        line = f"  {name:32}"
        for kind in (0, 1):
            rate = len(files) / statistics.median(result[kind] for result in results)
            ratios = sorted(result[kind] / mine[kind] for result, mine in zip(results, rows["Ridgeline"]))
            line += f"{rate:9.0f}/s x{statistics.median(ratios):5.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--python", help="run by this interpreter, which has the peers")
    options = parser.parse_args()
    if options.python and os.environ.get("RIDGELINE_BENCH") is None:
        os.environ["RIDGELINE_BENCH"] = "1"
        os.execv(options.python, [options.python, *sys.argv])
    from PIL import Image

    subprocess.run(["cmake", "--build", "--preset", "release", "--target", "bench_images"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    found = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
    if not found:
        sys.exit(f"images.py: {options.folder} has no JPEG files")
    random.Random(1).shuffle(found)
    print("CPU time of one core; load", *(f"{load:.1f}" for load in os.getloadavg()))
    print(f"  {'':32}{'decoded':>11} ratio{'':18}{'and augmented':>8} ratio")
    for size in (None, (500, 375), (2000, 1500)) if options.large else (None,):
        with tempfile.TemporaryDirectory() as folder:
            count = options.images if size is None or size[0] < 1000 else max(10, options.images // 10)
            for i, path in enumerate(found[:count]):
                target = pathlib.Path(folder) / f"{i:05}.jpg"
                if size is None:
                    target.write_bytes(path.read_bytes())
                else:
                    Image.open(path).convert("RGB").resize(size, Image.Resampling.BICUBIC).save(target, quality=90)
            print("as they are" if size is None else f"{size[0]} x {size[1]}")
            measure(folder, options.rounds)


if __name__ == "__main__":
    main()
