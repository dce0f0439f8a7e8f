"""Photographs inside a PDF keep their pixels to the bit; what describes them is cut away."""

import struct

from .refusing import Unfit

# Adobe's own marker says how the colours are to be read.
_KEPT_MARKER = 0xEE
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})


def bare_jpeg(data: bytes) -> bytes:
    """Return a JPEG without its application and comment segments, and without what stands behind its end."""
    if not data.startswith(b"\xff\xd8"):
        raise Unfit("picture_inside")
    kept, place = [b"\xff\xd8"], 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            raise Unfit("picture_inside")
        marker = data[place + 1]
        if marker == 0xFF:  # fill
            place += 1
            continue
        if marker == 0xD9:
            break
        if marker in _STANDALONE:
            place += 2
            continue
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4])
        is_description = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker != _KEPT_MARKER)
        if not is_description:
            kept.append(data[place:end])
        place = end
        if marker == 0xDA:
            place = _end_of_scan(data, end)
            kept.append(data[end:place])
    if len(kept) < 2:
        raise Unfit("picture_inside")
    return b"".join([*kept, b"\xff\xd9"])


def _end_of_scan(data: bytes, place: int) -> int:
    """Where the next marker stands that is no part of the pixels."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return len(data)
        following = data[place + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7 and following != 0xFF:
            return place
        place += 1 if following == 0xFF else 2


def bare_jpeg2000(data: bytes) -> bytes:
    """Return a JPEG 2000 file with the boxes that hold the picture alone."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return data  # no boxes: the bare codestream
    kept, place = [], 0
    while place + 8 <= len(data):
        length, kind = struct.unpack(">L4s", data[place : place + 8])
        if length == 0:
            length = len(data) - place
        if length == 1:
            length = int.from_bytes(data[place + 8 : place + 16])
        if length < 8:
            raise Unfit("picture_inside")
        if kind in _BOXES:
            kept.append(data[place : place + length])
        place += length
    if not kept:
        raise Unfit("picture_inside")
    return b"".join(kept)
