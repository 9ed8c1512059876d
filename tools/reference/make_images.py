#!/usr/bin/env python3
"""Writes the images of the parity tests, in every format and mode that is served, and what Pillow makes of them.

    python make_images.py PHOTOS        PHOTOS holds scikit-image's astronaut.png, coffee.png, chelsea.png, rocket.jpg
    python make_images.py --pixels DIR  leaves the images, and writes the full pixels to DIR as NAME-SIZE.rgb

images/pixels.json gets, for each image, its mode in Pillow and the sha256 of the RGB pixels that HuggingFace's
CLIPImageProcessorPil resizes and crops it to, at three input sizes; golden/avif/ the pixels of AVIF at the first. Needs Pillow, numpy and transformers.
"""
import hashlib, io, json, os, struct, sys, zlib
import numpy as np
import PIL
import transformers
from PIL import Image, ImageCms
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "images")
GOLDEN = os.path.join(os.path.dirname(HERE), "golden", "avif")
SIZES = [96, 224, 336]


def photo(folder, name, size, box=None):
    image = Image.open(os.path.join(folder, name)).convert("RGB")
    return (image.crop(box) if box else image).resize(size, Image.Resampling.LANCZOS)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png16(array, colour_type, extra=b""):
    """A PNG of 16 bits a channel, which Pillow reads but does not write."""
    height, width = array.shape[:2]
    rows = array.astype(">u2").reshape(height, -1)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def interlaced(image):
    """An Adam7 PNG of an RGB image."""
    pixels = np.asarray(image)
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    raw = b""
    for x, y, dx, dy in passes:
        part = pixels[y::dy, x::dx]
        if part.size:
            raw += b"".join(b"\0" + row.tobytes() for row in part)
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def write_images(photos):
    os.makedirs(HERE, exist_ok=True)
    astronaut = photo(photos, "astronaut.png", (200, 200))
    coffee = photo(photos, "coffee.png", (300, 200))
    cat = photo(photos, "chelsea.png", (331, 221))
    rocket = photo(photos, "rocket.jpg", (640, 427))
    ramp = Image.fromarray(np.add.outer(np.arange(90), np.arange(120)).astype(np.uint8))
    alpha = lambda size: Image.fromarray(np.add.outer(np.arange(size[1]), np.arange(size[0])).astype(np.uint8) % 200)

    def with_alpha(image):
        rgba = image.convert("RGBA")
        rgba.putalpha(alpha(image.size))
        return rgba

    def save(name, image, **options):
        image.save(os.path.join(HERE, name), **options)

    def put(name, data):
        with open(os.path.join(HERE, name), "wb") as file:
            file.write(data)

    exif = Image.Exif()
    exif[0x0112] = 6
    save("photo-420.jpg", rocket, quality=85)
    save("photo-444.jpg", cat, quality=92, subsampling=0)
    save("photo-422.jpg", cat, quality=70, subsampling=1)
    save("progressive.jpg", coffee, quality=80, progressive=True)
    save("grey.jpg", astronaut.convert("L"), quality=85)
    save("cmyk.jpg", coffee.convert("CMYK"), quality=85)
    save("exif-rotated.jpg", coffee, quality=85, exif=exif)
    save("profile.jpg", astronaut, quality=85, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    save("tiny-7x5.jpg", coffee.resize((7, 5)), quality=90)
    save("restart.jpg", cat, quality=60, restart_marker_blocks=7)
    save("rgb.png", astronaut.resize((150, 111)))
    save("rgba.png", with_alpha(coffee.resize((128, 96))))
    save("palette.png", cat.quantize(64))
    transparent = cat.resize((120, 80)).quantize(32)
    save("palette-transparent.png", transparent, transparency=bytes(range(0, 256, 8)))
    save("grey.png", ramp)
    save("grey-alpha.png", Image.merge("LA", (ramp, alpha(ramp.size))))
    save("bilevel.png", astronaut.convert("1"))
    save("grey-4bit.png", astronaut.convert("L").quantize(16), bits=4)
    wide = (np.asarray(coffee.resize((90, 60))).astype(np.uint16) * 257) ^ 0x2B
    put("grey-16bit.png", png16(wide[:, :, 1], 0))
    put("grey-16bit-dark.png", png16(wide[:, :, 1] >> 7, 0))
    put("rgb-16bit.png", png16(wide, 2))
    put("rgba-16bit.png", png16(np.dstack([wide, wide[:, ::-1, 0]]), 6))
    put("grey-alpha-16bit.png", png16(wide[:, :, :2], 4))
    put("rgb-transparent.png", (lambda b: b)(make_trns(coffee.resize((64, 48)))))
    put("gamma.png", png_with(astronaut.resize((80, 80)), chunk(b"gAMA", struct.pack(">I", 100000))))
    put("interlaced.png", interlaced(coffee.resize((101, 67))))
    save("one.png", Image.new("RGB", (1, 1), (200, 30, 90)))
    save("column.png", astronaut.resize((2, 300)))
    save("panorama.png", rocket.resize((1500, 31)))
    save("tower.png", rocket.resize((41, 900)))
    save("exact-96.png", astronaut.resize((96, 96)))
    save("exact-224.png", cat.resize((224, 224)))
    save("crop-224.png", cat.resize((224, 301)))
    save("enlarged.png", coffee.resize((33, 57)))
    save("noise.png", Image.fromarray(np.random.default_rng(7).integers(0, 256, (140, 97, 3), dtype=np.uint8)))
    save("edges.png", Image.fromarray((np.indices((113, 251)).sum(0) % 2 * 255).astype(np.uint8)).convert("RGB"))
    save("lossy.webp", rocket.resize((401, 267)), quality=80)
    save("lossless.webp", cat.resize((160, 107)), lossless=True)
    save("alpha.webp", with_alpha(astronaut.resize((120, 121))), quality=85)
    save("animated.webp", coffee.resize((90, 60)), save_all=True, append_images=[cat.resize((90, 60))], quality=80)
    save("plain.gif", astronaut.resize((140, 140)).quantize(128))
    save("interlaced.gif", coffee.resize((99, 66)).quantize(64), interlace=1)
    save("transparent.gif", cat.resize((110, 73)).quantize(64), transparency=9)
    save("animated.gif", cat.resize((100, 66)), save_all=True, append_images=[coffee.resize((100, 66))], duration=100)
    save("lossy.avif", rocket.resize((320, 213)), quality=70)
    save("photo-444.avif", coffee.resize((150, 100)), quality=80, subsampling="4:4:4")
    save("alpha.avif", with_alpha(astronaut.resize((96, 110))), quality=80)
    save("grey.avif", astronaut.convert("L").resize((90, 90)), quality=80, subsampling="4:0:0")
    save("lzw.tiff", coffee.resize((140, 93)), compression="tiff_lzw")
    save("deflate.tiff", cat.resize((120, 80)), compression="tiff_adobe_deflate")
    save("plain.tiff", astronaut.resize((60, 60)))
    save("grey.tiff", ramp, compression="tiff_lzw")
    save("grey-16bit.tiff", Image.fromarray(wide[:, :, 0]))
    save("palette.tiff", coffee.resize((90, 60)).quantize(16), compression="tiff_lzw")
    save("cmyk.tiff", coffee.resize((90, 60)).convert("CMYK"), compression="tiff_lzw")
    save("bilevel.tiff", astronaut.convert("1"), compression="group4")
    save("rgba.tiff", with_alpha(coffee.resize((90, 60))), compression="tiff_lzw")
    save("jpeg.tiff", rocket.resize((200, 133)), compression="jpeg", quality=85)
    save("pages.tiff", cat.resize((80, 53)), save_all=True, append_images=[coffee.resize((80, 53))], compression="tiff_lzw")
    save("rotated.tiff", coffee.resize((90, 60)), compression="tiff_lzw", tiffinfo={274: 6})


def png_with(image, extra):
    buffer = io.BytesIO()
    image.save(buffer, "png")
    data = buffer.getvalue()
    return data[:33] + extra + data[33:]


def make_trns(image):
    r, g, b = image.getpixel((10, 10))
    return png_with(image, chunk(b"tRNS", struct.pack(">HHH", r, g, b)))


def reference_pixels(image, size):
    processor = CLIPImageProcessorPil(
        size={"shortest_edge": size}, crop_size={"height": size, "width": size}, do_rescale=False, do_normalize=False)
    # The layout is named: the processor takes an image 1 or 3 pixels high for channels-first otherwise.
    pixels = processor(image, input_data_format="channels_last", return_tensors="np")["pixel_values"][0]
    return np.ascontiguousarray(pixels.transpose(1, 2, 0)).astype(np.uint8)


def main():
    full = sys.argv[2] if sys.argv[1] == "--pixels" else None
    if full is None:
        write_images(sys.argv[1])
    else:
        os.makedirs(full, exist_ok=True)
    os.makedirs(GOLDEN, exist_ok=True)
    images = {}
    for name in sorted(os.listdir(HERE)):
        if name.endswith(".json"):
            continue
        with Image.open(os.path.join(HERE, name)) as image:
            entry = {"mode": image.mode, "size": list(image.size)}
            rgb = image.convert("RGB")
        for size in SIZES:
            pixels = reference_pixels(rgb, size)
            entry[str(size)] = hashlib.sha256(pixels.tobytes()).hexdigest()
            if full:
                pixels.tofile(os.path.join(full, f"{name}-{size}.rgb"))
            elif size == SIZES[0] and name.endswith(".avif"):
                pixels.tofile(os.path.join(GOLDEN, f"{name}.rgb"))
        if full:
            np.asarray(rgb).tofile(os.path.join(full, f"{name}-decoded.rgb"))
        images[name] = entry
    made = {"made_by": "tools/reference/make_images.py", "pillow": PIL.__version__, "transformers": transformers.__version__}
    if full is None:
        with open(os.path.join(HERE, "pixels.json"), "w") as file:
            json.dump({**made, "sizes": SIZES, "images": images}, file, indent=1)
    print(len(images))


main()
