"""Runs as a process of its own: opens one picture or PDF from standard input, writes a stamped copy of it.

A file from a stranger may make its reader ask for any amount of memory, run for ever or abort. So it is opened in a
process with bounds, without an environment, without the right to write a file, and without anything else of this
project. Order: four bytes of length, JSON, then the file. Answer: a line, "stamped" or a code, then the copy.

The stamp is one drawing for both: words across the whole face, and under it a foot of its own that hides nothing.
The words of the foot are a property of the copy too, so that a program reads them.
"""

import io
import json
import resource
import struct
import sys
from typing import Any

PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG"}
LONGEST_SIDE = 4_000
"""Pixels of a copy: larger pictures are made smaller."""
NARROWEST = 480
"""Pixels: the foot is readable under the smallest picture."""
POINTS = 20_000
"""The longest side of a page that is one."""
SHARP = 2
"""Pixels of the stamp for each point of a page."""
ACROSS, SEEN = 128, 96
"""How dark the words across are, and how much of them is seen: on white and on black alike."""
ACTIVE = ("/OpenAction", "/AA", "/Names", "/Collection", "/Perms", "/Outlines", "/Dests")
"""What a PDF does by itself, carries along or leads to; a copy is pages to look at."""


class Refused(Exception):
    """No copy can be made; the code says why."""


def stamp_of(width: int, height: int, words: str, foot: str, font: str) -> Any:
    """Return words across a face of this size and a foot under it: grey with how much is seen of it."""
    from PIL import Image, ImageDraw, ImageFont

    small = ImageFont.truetype(font, max(12, min(36, width // 60)))
    lines = _broken(foot, small, width - 16)
    line = sum(small.getmetrics())
    size = (width, height + line * len(lines) + 12)
    grey, seen = Image.new("L", size, ACROSS), Image.new("L", size, 0)
    row = _row(words, ImageFont.truetype(font, max(14, min(width, height) // 24)))
    for number, top in enumerate(range(-row.height // 2, height, max(row.height, height // 5))):
        for left in range(-row.width // 2 * (number % 2), width, row.width):
            seen.paste(SEEN, (left, top), row)
    seen.paste(255, (0, height, *size))
    grey.paste(255, (0, height, *size))
    draw = ImageDraw.Draw(grey)
    for number, text in enumerate(lines):
        draw.text((8, height + 6 + number * line), text, fill=30, font=small)
    return Image.merge("LA", (grey, seen))


def _row(words: str, font: Any) -> Any:
    from PIL import Image, ImageDraw

    row = Image.new("L", (int(font.getlength(words)) + 8, sum(font.getmetrics()) + 8), 0)
    ImageDraw.Draw(row).text((4, 4), words, fill=255, font=font)
    return row.rotate(18, expand=True)


def _broken(text: str, font: Any, width: int) -> list[str]:
    lines = [""]
    for character in text:
        if font.getlength(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines


def picture(order: dict[str, Any], data: bytes) -> bytes:
    """Return a stamped copy of a picture, in its own format, upright, without what a camera wrote beside it."""
    from PIL import Image, ImageOps, PngImagePlugin

    kind = PICTURES[order["type"]]
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    found: Any = Image.open(io.BytesIO(data), formats=(kind,))
    if found.width * found.height > order["pixels"]:
        raise Refused("too_complex")
    found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    found.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    found = ImageOps.exif_transpose(found)
    if found.mode.startswith("I"):
        found = found.point(lambda deep: deep / 256).convert("L")
    seen = found.convert("RGBA") if found.has_transparency_data else found.convert("RGB")
    stamp = stamp_of(max(seen.width, NARROWEST), seen.height, order["words"], order["foot"], order["font"])
    copy = Image.new("RGB", stamp.size, "white")
    copy.paste(seen, (0, 0), seen if seen.mode == "RGBA" else None)
    copy.paste(stamp.convert("RGB"), (0, 0), stamp.getchannel("A"))
    out = io.BytesIO()
    if kind == "JPEG":
        copy.save(out, kind, quality=90, comment=order["foot"].encode())
    else:
        said = PngImagePlugin.PngInfo()
        said.add_itxt("Description", order["foot"])
        copy.save(out, kind, pnginfo=said)
    return out.getvalue()


def pdf(order: dict[str, Any], data: bytes) -> bytes:
    """Return a stamped copy of a PDF: every page gets the words across it and a foot under it."""
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("encrypted")
    if not 0 < len(reader.pages) <= order["pages"]:
        raise Refused("too_complex" if reader.pages else "damaged")
    writer: Any = PdfWriter(clone_from=reader)
    for name in ACTIVE:
        writer.root_object.pop(name, None)
    if "/AcroForm" in writer.root_object:
        writer.root_object["/AcroForm"].get_object().pop("/XFA", None)
    stamps: dict[tuple[int, int], Any] = {}
    for page in writer.pages:
        for part in (page, *(one.get_object() for one in page.annotations or ())):
            for act in ("/A", "/AA"):
                part.pop(act, None)
        _stamp_page(writer, page, order, stamps)
    writer.metadata = {"/Subject": order["foot"]}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stamp_page(writer: Any, page: Any, order: dict[str, Any], stamps: dict[tuple[int, int], Any]) -> None:
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, RectangleObject

    left, low, right, top = (float(side) for side in page.cropbox)
    if not (0 < right - left <= POINTS and 0 < top - low <= POINTS):
        raise Refused("damaged")
    turned = int(page.rotation) % 360
    shown = (right - left, top - low) if turned in (0, 180) else (top - low, right - left)
    size = (round(shown[0]), round(shown[1]))
    if size not in stamps:
        stamps[size] = _drawn(writer, size, order)
    name, (drawn, foot) = f"/CustinfoStamp{list(stamps).index(size)}", stamps[size]
    # The page grows where its lower edge is shown, whichever way it is turned.
    box, place = {
        0: ((left, low - foot, right, top), (1, 0, 0, 1, left, low - foot)),
        90: ((left, low, right + foot, top), (0, 1, -1, 0, right + foot, low)),
        180: ((left, low, right, top + foot), (-1, 0, 0, -1, right, top + foot)),
        270: ((left - foot, low, right, top), (0, -1, 1, 0, left - foot, top)),
    }[turned]
    for edge in ("/MediaBox", "/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
        page[NameObject(edge)] = RectangleObject(box)
    resources = page.setdefault(NameObject("/Resources"), DictionaryObject()).get_object()
    held = resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
    held[NameObject(name)] = drawn
    moved = " ".join(f"{number:.3f}" for number in place)
    end = f"\nQ q {moved} cm {shown[0]:.3f} 0 0 {shown[1] + foot:.3f} 0 0 cm {name} Do Q\n"
    own = page.get("/Contents", ArrayObject())
    parts = own.get_object() if isinstance(own.get_object(), list) else [own]
    page[NameObject("/Contents")] = ArrayObject(
        [_stream(writer, b"q\n"), *parts, _stream(writer, end.encode())]
    )


def _drawn(writer: Any, size: tuple[int, int], order: dict[str, Any]) -> tuple[Any, float]:
    """Return the stamp of a page size as an image of the PDF, and the points that its foot adds."""
    from pypdf.generic import NameObject, NumberObject

    sharp = min(SHARP, LONGEST_SIDE / max(size))
    width, height = max(1, round(size[0] * sharp)), max(1, round(size[1] * sharp))
    stamp = stamp_of(width, height, order["words"], order["foot"], order["font"])

    def image(channel: str, **more: Any) -> Any:
        stream = {
            "/Type": NameObject("/XObject"),
            "/Subtype": NameObject("/Image"),
            "/Width": NumberObject(stamp.width),
            "/Height": NumberObject(stamp.height),
            "/ColorSpace": NameObject("/DeviceGray"),
            "/BitsPerComponent": NumberObject(8),
        }
        return _stream(writer, stamp.getchannel(channel).tobytes(), stream | more)

    return image("L", **{"/SMask": image("A")}), (stamp.height - height) / sharp


def _stream(writer: Any, data: bytes, more: dict[str, Any] | None = None) -> Any:
    from pypdf.generic import DecodedStreamObject, NameObject

    stream = DecodedStreamObject()
    stream.set_data(data)
    packed = stream.flate_encode()
    for name, value in (more or {}).items():
        packed[NameObject(name)] = value
    return writer._add_object(packed)


def main() -> None:
    """Read one order and one file, answer, and end."""
    (length,) = struct.unpack(">I", sys.stdin.buffer.read(4))
    order = json.loads(sys.stdin.buffer.read(length))
    # SECURITY: bounds on memory and time, no core dump, no file in clear.
    for what, most in (
        (resource.RLIMIT_AS, order["memory"]),
        (resource.RLIMIT_CPU, order["seconds"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))
    copy, said = b"", "stamped"
    try:
        copy = (pdf if order["type"] == "application/pdf" else picture)(order, sys.stdin.buffer.read())
    except Refused as refused:
        said = str(refused)
    except MemoryError:
        said = "too_complex"
    except Exception:  # noqa: BLE001  (readers of strangers' files raise anything)
        said = "damaged"
    sys.stdout.buffer.write(said.encode() + b"\n" + copy)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
