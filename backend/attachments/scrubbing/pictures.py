"""Pictures are drawn anew from their pixels, so that nothing else of them is left."""

import io
import warnings

from PIL import Image, ImageOps

from .refusing import Unfit

MAXIMUM_PIXELS = 25_000_000
# Larger pictures are made smaller: readable on paper, and a bound on memory.
LONGEST_SIDE = 4000
FORMATS = {"png": "PNG", "jpg": "JPEG", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF"}

warnings.simplefilter("ignore")
# Our own limit is asked before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def redraw(data: bytes, kind: str, *, damaged: str = "damaged") -> bytes:
    """Return a new picture of the same kind, turned the way it is meant to be seen; raises Unfit(`damaged`)."""
    try:
        with Image.open(io.BytesIO(data), formats=[FORMATS[kind]]) as picture:
            if picture.width * picture.height > MAXIMUM_PIXELS:
                raise Unfit("too_many_pixels")
            if getattr(picture, "n_frames", 1) > 1:
                raise Unfit("animated")
            if kind == "jpg":
                # The decoder makes it smaller while it reads.
                picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
            return _drawn(ImageOps.exif_transpose(picture), kind)
    except (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, AttributeError):
        raise Unfit(damaged) from None


def _drawn(picture: Image.Image, kind: str) -> bytes:
    picture.load()
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel: the upper eight are what is seen.
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if kind == "jpg":
        plain = picture.convert("L" if picture.mode == "L" else "RGB")
    elif picture.mode in ("1", "L", "RGB", "RGBA"):
        plain = picture
    elif picture.mode == "P" and "transparency" not in picture.info:
        plain = picture.convert("RGB")
    else:
        plain = picture.convert("RGBA")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new picture of the same pixels: what hung on the old one is not saved along.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    target = io.BytesIO()
    if kind == "jpg":
        bare.save(target, "JPEG", quality=88, optimize=True)
    else:
        bare.save(target, FORMATS[kind])
    return target.getvalue()
