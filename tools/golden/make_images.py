"""Small image files of every format and kind for the tests and the fuzzers, and their pixels by Pillow.
Writes tests/fuzz/corpus/FORMAT/NAME and tests/golden/images, tests/golden/images.txt. Needs Pillow 11 or later and numpy.

Pillow is the oracle. Where its rule is not that of docs/images.md (16 bits, transparency), the pixels
are computed here from what it read."""
import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

root = pathlib.Path(__file__).parents[2]
corpus = root / "tests/fuzz/corpus"
golden = []
height, width = 13, 19


def photo(height, width, channels=3, seed=1):
    """Smooth shapes with some noise: what a photograph is to a coder."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = [127 + 90 * np.sin(x / (3 + 2 * c) + c) * np.cos(y / (5 - c) + 2 * c) for c in range(channels)]
    noisy = np.stack(planes, -1) + random.normal(0, 6, (height, width, channels))
    pixels = np.clip(noisy, 0, 255).astype(np.uint8)
    return pixels[..., 0] if channels == 1 else pixels


def expected(image):
    """Pixels by the rules of docs/images.md, of an 8-bit image as Pillow opened it."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))[..., None]
    grey = image.mode == "LA"
    if image.mode in ("LA", "RGBA", "P", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), rgba).convert("RGB")
    pixels = np.asarray(image.convert("RGB"))
    return pixels[..., :1] if grey else pixels


def over_white(pixels, most):
    """Colours and alpha of up to `most`, in 8 bits each first."""
    eight = (pixels.astype(np.uint64) * 255 + most // 2) // most
    colour, alpha = eight[..., :-1].astype(int), eight[..., -1:].astype(int)
    return 255 - ((255 - colour) * alpha + 127) // 255


def write(name, data, pixels=None, tolerance=0):
    path = corpus / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if pixels is None:
        pixels = expected(Image.open(io.BytesIO(data)))
    pixels = np.atleast_3d(pixels)
    golden.append(f"case {name}")
    golden.append(f"tolerance 1 {tolerance}")
    golden.append("size 3 " + " ".join(str(n) for n in (pixels.shape[2], pixels.shape[0], pixels.shape[1])))
    golden.append(f"pixels {pixels.size} " + " ".join(str(n) for n in pixels.reshape(-1)))


def save(name, image, tolerance=0, pixels=None, **options):
    data = io.BytesIO()
    image.save(data, name.split("/")[0].replace("pnm", "ppm"), **options)
    write(name, data.getvalue(), pixels, tolerance)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


def jpeg():
    colour, grey = Image.fromarray(photo(height, width)), Image.fromarray(photo(height, width, 1))
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        save(f"jpeg/{subsampling.replace(':', '')}", colour, subsampling=subsampling, quality=90)
    save("jpeg/progressive", colour, progressive=True, quality=90)
    save("jpeg/grey", grey, quality=90)
    save("jpeg/restarts", colour, restart_marker_blocks=1)
    for orientation in range(1, 9):
        save(f"jpeg/orientation-{orientation}", colour, exif=exif(orientation), subsampling="4:4:4")
    data = io.BytesIO()
    colour.convert("CMYK").save(data, "jpeg", quality=90)
    write("jpeg/cmyk-adobe", data.getvalue())
    # Without Adobe's marker, 0 is no ink.
    at = data.getvalue().index(b"\xff\xee")
    bare = data.getvalue()[:at] + data.getvalue()[at + 2 + struct.unpack(">H", data.getvalue()[at + 2:at + 4])[0]:]
    inks = 255 - np.asarray(Image.open(io.BytesIO(data.getvalue()))).astype(int)
    write("jpeg/cmyk", bare, ((255 - inks[..., :3]) * (255 - inks[..., 3:]) + 127) // 255)


def png_file(pixels, depth, colour_type, chunks=(), interlaced=False):
    """pixels: height x width x channels whole numbers below 2^depth."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    def rows(part):
        lines = b""
        for row in part:
            values = row.reshape(-1)
            if depth == 16:
                line = values.astype(">u2").tobytes()
            else:
                bits = "".join(format(v, f"0{depth}b") for v in values)
                line = bytes(int(bits[i:i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))
            lines += b"\0" + line
        return lines

    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    parts = [pixels[t::dy, l::dx] for t, l, dy, dx in passes] if interlaced else [pixels]
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], depth, colour_type, 0, 0, int(interlaced))
    data = zlib.compress(b"".join(rows(part) for part in parts if part.size), 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(k, c) for k, c in chunks)
            + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def png():
    random = np.random.default_rng(2)
    for depth in (1, 2, 4, 8):
        steps = random.integers(0, 1 << depth, (height, width, 1))
        grey = steps * 255 // ((1 << depth) - 1)
        write(f"png/grey-{depth}", png_file(steps, depth, 0), grey)
        write(f"png/grey-{depth}-transparent", png_file(steps, depth, 0, [(b"tRNS", struct.pack(">H", 1))]),
              np.where(steps == 1, 255, grey))
        palette = random.integers(0, 256, (1 << depth, 3)).astype(np.uint8)
        write(f"png/palette-{depth}", png_file(steps, depth, 3, [(b"PLTE", palette.tobytes())]))
        alpha = bytes(random.integers(0, 256, max(1, (1 << depth) - 1)).astype(np.uint8))
        chunks = [(b"PLTE", palette.tobytes()), (b"tRNS", alpha)]
        whole = np.concatenate([palette, np.frombuffer(alpha.ljust(1 << depth, b"\xff"), np.uint8)[:, None]], 1)
        write(f"png/palette-{depth}-transparent", png_file(steps, depth, 3, chunks), over_white(whole[steps[..., 0]], 255))
    for channels, kind in ((1, 0), (2, 4), (3, 2), (4, 6)):
        name = {1: "grey", 2: "grey-alpha", 3: "rgb", 4: "rgba"}[channels]
        for depth, most in ((8, 255), (16, 65535)):
            pixels = random.integers(0, most + 1, (height, width, channels))
            result = over_white(pixels, most) if channels % 2 == 0 else (pixels * 255 + most // 2) // most
            for interlaced in (False, True):
                suffix = "-interlaced" if interlaced else ""
                write(f"png/noise-{name}-{depth}{suffix}", png_file(pixels, depth, kind, (), interlaced), result)
    pixels = random.integers(0, 256, (height, width, 3))
    pixels[3:7] = (10, 20, 30)
    write("png/rgb-transparent", png_file(pixels, 8, 2, [(b"tRNS", struct.pack(">HHH", 10, 20, 30))]))
    for orientation in range(1, 9):
        save(f"png/orientation-{orientation}", Image.fromarray(photo(height, width)), exif=exif(orientation))


def webp():
    colour = Image.fromarray(photo(height, width))
    rgba = Image.fromarray(np.dstack([photo(height, width), photo(height, width, 1, 3)]))
    # Pillow brings a later libwebp, whose conversion of colours may round differently.
    save("webp/lossy", colour, quality=90)
    save("webp/lossless", colour, lossless=True)
    save("webp/lossy-alpha", rgba, quality=90)
    save("webp/lossless-alpha", rgba, lossless=True, exact=True)
    for orientation in range(1, 9):
        save(f"webp/orientation-{orientation}", colour, lossless=True, exif=exif(orientation))


def bmp_file(bits, rows, compression=0, palette=b"", masks=b"", down=False, size=40):
    """rows: the data from the first row of the file on."""
    tall = -height if down else height
    if size == 12:
        header = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        header = struct.pack("<IiiHHIIiiII", size, width, tall, 1, bits, compression, len(rows), 0, 0, 0, 0)
        header += masks.ljust(size - 40, b"\0") if size > 40 else b""
    after = (masks if size == 40 else b"") + palette
    start = 14 + len(header) + len(after)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + header + after + rows


def padded(rows):
    return b"".join(row + b"\0" * (-len(row) % 4) for row in rows)


def run_lengths(steps, nibbles):
    data = b""
    for row in steps[::-1]:
        x = 0
        while x < width:
            run = 1
            while x + run < width and row[x + run] == row[x]:
                run += 1
            if run == 1 and x + 4 <= width:  # four pixels one by one
                values = [int(v) for v in row[x:x + 4]]
                data += b"\0\4" + (bytes([values[0] << 4 | values[1], values[2] << 4 | values[3]]) if nibbles else bytes(values))
                x += 4
            else:
                value = int(row[x])
                data += bytes([run, value << 4 | value if nibbles else value])
                x += run
        data += b"\0\0"
    return data + b"\0\1"


def bmp():
    random = np.random.default_rng(4)
    for bits in (1, 4, 8):
        steps = random.integers(0, 1 << bits, (height, width))
        steps[4:9, 3:15] = 1
        colours = random.integers(0, 256, (1 << bits, 3)).astype(np.uint8)  # blue, green, red
        palette = b"".join(bytes(c) + b"\0" for c in colours)
        texts = ["".join(format(int(v), f"0{bits}b") for v in row) for row in steps]
        rows = [bytes(int(t[i:i + 8].ljust(8, "0"), 2) for i in range(0, len(t), 8)) for t in texts]
        write(f"bmp/palette-{bits}", bmp_file(bits, padded(rows[::-1]), palette=palette))
        write(f"bmp/palette-{bits}-os2", bmp_file(bits, padded(rows[::-1]), palette=colours.tobytes(), size=12))
        if bits == 8:
            write("bmp/palette-8-down", bmp_file(8, padded(rows), palette=palette, down=True))
        if bits > 1:
            result = colours[steps][..., ::-1]
            write(f"bmp/rle{bits}", bmp_file(bits, run_lengths(steps, bits == 4), 3 - bits // 4, palette), result)
    save("bmp/grey", Image.fromarray(photo(height, width, 1)))
    colour = photo(height, width)
    save("bmp/rgb", Image.fromarray(colour))
    bgr = colour[..., ::-1]
    write("bmp/rgb-down", bmp_file(24, padded([row.tobytes() for row in bgr]), down=True))
    bgrx = np.dstack([bgr, photo(height, width, 1, 5)])
    write("bmp/rgb-32", bmp_file(32, bgrx[::-1].tobytes()))
    masks = struct.pack("<IIII", 0xff0000, 0xff00, 0xff, 0xff000000)
    write("bmp/rgba-32", bmp_file(32, bgrx[::-1].tobytes(), 3, masks=masks, size=108))
    words = random.integers(0, 65536, (height, width)).astype("<u2")
    rows = padded([row.tobytes() for row in words[::-1]])
    shares = lambda fields: np.stack([((words >> s & m).astype(int) * 255 + m // 2) // m for s, m in fields], -1)
    write("bmp/rgb-16", bmp_file(16, rows), shares([(10, 31), (5, 31), (0, 31)]))
    write("bmp/rgb-16-565", bmp_file(16, rows, 3, masks=struct.pack("<III", 0xf800, 0x7e0, 0x1f)),
          shares([(11, 31), (5, 63), (0, 31)]))


def pnm():
    random = np.random.default_rng(6)
    bits = random.integers(0, 2, (height, width))
    text = f"P1 # a comment\n{width} {height}\n" + "\n".join("".join(map(str, row)) for row in bits)
    write("pnm/p1", text.encode())
    write("pnm/p4", f"P4\n{width} {height}\n".encode() + np.packbits(bits, axis=1).tobytes())
    for channels, plain, binary in ((1, "P2", "P5"), (3, "P3", "P6")):
        for most in (255, 65535, 100):
            pixels = random.integers(0, most + 1, (height, width, channels))
            result = (pixels * 255 + most // 2) // most
            head = f"# two\n# comments\n{width}\t{height}\n{most}\n"
            write(f"pnm/{plain.lower()}-{most}", f"{plain}\n{head}{' '.join(map(str, pixels.reshape(-1)))}\n".encode(), result)
            data = pixels.astype(">u2" if most > 255 else "u1").tobytes()
            write(f"pnm/{binary.lower()}-{most}", f"{binary}\n{head}".encode() + data, result)


def tiff():
    colour, grey = Image.fromarray(photo(height, width)), Image.fromarray(photo(height, width, 1))
    save("tiff/rgb", colour)
    save("tiff/grey", grey)
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits"):
        save(f"tiff/{compression}", colour, compression=compression)
    # libtiff and Pillow undo JPEG's colours in different places.
    save("tiff/jpeg", colour, compression="jpeg", tolerance=3)
    save("tiff/bits", colour.convert("1"))
    save("tiff/bits-group4", colour.convert("1"), compression="group4")
    save("tiff/palette", colour.quantize(16))
    rgba = np.dstack([photo(height, width), photo(height, width, 1, 3)])
    # libtiff multiplies by alpha first, and rounds then.
    save("tiff/rgba", Image.fromarray(rgba), tolerance=1)
    save("tiff/cmyk", colour.convert("CMYK"), tolerance=1)
    sixteen = np.random.default_rng(7).integers(0, 65536, (height, width)).astype(np.uint16)
    # libtiff drops the low bytes.
    save("tiff/grey-16", Image.fromarray(sixteen), pixels=(sixteen.astype(int) * 255 + 32767) // 65535, tolerance=1)
    for orientation in range(1, 9):
        save(f"tiff/orientation-{orientation}", colour, tiffinfo={0x0112: orientation})


for make in (jpeg, png, webp, bmp, pnm, tiff):
    make()
for orientation in (1, 6):
    path = corpus / "exif" / f"orientation-{orientation}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(exif(orientation).tobytes())
for kind, (filter, channels) in enumerate(((0, 1), (1, 0), (2, 1), (3, 0), (3, 1))):
    path = corpus / "resize" / f"filter-{kind}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(struct.pack("8B4d", filter, channels, 40, 60, 20 + 30 * kind, 17, 1, 7, 0.1, 0.2, 0.7, 0.6))
# Larger than the blocks of the coders, for decoding in parts.
large = Image.fromarray(photo(110, 150))
parts = root / "tests/golden/images"
parts.mkdir(exist_ok=True)
for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
    large.save(parts / f"{subsampling.replace(':', '')}.jpg", quality=75, subsampling=subsampling)
large.save(parts / "progressive.jpg", quality=75, progressive=True)
large.convert("L").save(parts / "grey.jpg", quality=75)
large.convert("CMYK").save(parts / "cmyk.jpg", quality=60)
large.save(parts / "orientation-6.jpg", quality=75, exif=exif(6))
large.save(parts / "lossy.webp", quality=75)
large.crop((0, 0, 50, 40)).save(parts / "lossless.webp", lossless=True)
(root / "tests/golden/images.txt").write_text("\n".join(golden) + "\n")
