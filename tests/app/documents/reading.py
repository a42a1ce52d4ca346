"""Reads a PDF back with other people's programs: poppler and zxing-cpp."""

import re
import subprocess
from dataclasses import dataclass
from io import BytesIO
from tempfile import NamedTemporaryFile

import zxingcpp
from PIL import Image

MM = 72 / 25.4


@dataclass(frozen=True)
class Word:
    """A word and its box on the page, in points from the upper left corner."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float


def text_of(pdf: bytes) -> str:
    """All text in reading order, every white space made one space."""
    return re.sub(r"\s+", " ", _run(pdf, "pdftotext", "-layout", "-", "-").decode())


def words_of(pdf: bytes) -> list[Word]:
    found: list[Word] = []
    page = 0
    for line in _run(pdf, "pdftotext", "-bbox", "-", "-").decode().splitlines():
        page += "<page " in line
        box = re.search(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*)</word>', line)
        if box:
            left, top, right, bottom = (float(box.group(number)) for number in range(1, 5))
            found.append(Word(box.group(5), page, left, top, right, bottom))
    return found


def info_of(pdf: bytes) -> dict[str, str]:
    lines = _run(pdf, "pdfinfo", "-").decode().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def font_sizes_of(pdf: bytes, containing: str) -> set[float]:
    """The sizes, in points, of the pieces of text that contain something."""
    with NamedTemporaryFile(suffix=".pdf") as file:  # pdftohtml reads no pipe
        file.write(pdf)
        file.flush()
        xml = _run(b"", "pdftohtml", "-xml", "-i", "-zoom", "1", "-stdout", file.name).decode()
    sizes = dict(re.findall(r'<fontspec id="(\d+)" size="(\d+)"', xml))
    pieces = re.findall(r'<text [^>]*font="(\d+)">(.*?)</text>', xml)
    return {float(sizes[font]) for font, text in pieces if containing in text}


def fonts_of(pdf: bytes) -> list[tuple[str, str]]:
    """Name and "yes" or "no" for embedded, of each font."""
    lines = _run(pdf, "pdffonts", "-").decode().splitlines()[2:]
    return [(line.split()[0], line.split()[-5]) for line in lines]


def page_as_image(pdf: bytes, dpi: int, page: int = 1) -> Image.Image:
    only = ("-f", str(page), "-l", str(page))
    return Image.open(BytesIO(_run(pdf, "pdftoppm", "-r", str(dpi), "-gray", *only, "-")))


def qr_of(pdf: bytes, dpi: int) -> tuple[str, float]:
    """What the QR code of the first page says, and its side in points."""
    codes = zxingcpp.read_barcodes(page_as_image(pdf, dpi))
    assert len(codes) == 1
    place = codes[0].position
    return str(codes[0].text), (place.top_right.x - place.top_left.x) * 72 / dpi


def images_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height in pixels of each image."""
    lines = _run(pdf, "pdfimages", "-list", "-").decode().splitlines()[2:]
    return [(int(line.split()[3]), int(line.split()[4])) for line in lines]


def _run(pdf: bytes, *command: str) -> bytes:
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
