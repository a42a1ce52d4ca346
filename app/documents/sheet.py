"""Pages written from top to bottom: text, boxes, QR codes and pictures; knows no patient."""

from collections.abc import Callable
from io import BytesIO
from threading import Lock
from typing import Literal

import segno
from PIL.Image import Image
from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from app.documents.fonts import Line, Weight, ascent, line_width, printable, wrap
from app.documents.style import FOOT, LEADING, MARGIN, MM, Ink, PaperStyle
from app.look import read_look
from app.words import Words

_Draw = Callable[[Canvas], None]
# reportlab's fonts keep a reading position while they are embedded: one document at a time.
_PRESS = Lock()


class Sheet:
    """Pages being written. y is the distance from the upper edge to the next free line; all lengths are points.

    title goes into the PDF's properties and must name nobody; running stands at the foot of every page.
    """

    def __init__(
        self, style: PaperStyle, words: Words, *, title: str, author: str, running: str = ""
    ) -> None:
        self.style = style
        self.words = words
        self.page_width, self.page_height = style.size
        self.width = self.page_width - 2 * MARGIN
        self.y = MARGIN
        self._title, self._author = title, author
        self._look = read_look().light
        self._running = self.lines(
            running, "regular", style.small, self.width * 0.8
        )  # an empty one keeps its place
        self._page: list[_Draw] = []
        self._pages = [self._page]
        self._begin_page: Callable[[], None] | None = None

    @property
    def bottom(self) -> float:
        """Where the text of a page ends."""
        return self.page_height - FOOT - len(self._running) * self.style.small * LEADING - 3 * MM

    @property
    def pages(self) -> int:
        """How many pages are begun."""
        return len(self._pages)

    def at_every_new_page(self, draw: Callable[[], None]) -> None:
        """Call draw at the top of every page that follows."""
        self._begin_page = draw

    def new_page(self) -> None:
        """Go to the top of a new page."""
        self._page = []
        self._pages.append(self._page)
        self.y = MARGIN
        if self._begin_page:
            self._begin_page()

    def need(self, height: float) -> None:
        """Go to a new page unless so much is free on this one."""
        if self.y + height > self.bottom:
            self.new_page()

    def lines(self, text: str, weight: Weight, size: float, width: float) -> list[Line]:
        """Break a text into lines; raises Invalid as fonts.printable does."""
        return wrap(printable(text, latin_letters=self.style.latin_letters), weight, size, width)

    def text(
        self,
        text: str,
        size: float,
        weight: Weight = "regular",
        *,
        ink: Ink = "ink",
        indent: float = 0,
        width: float = 0,
    ) -> None:
        """Write a paragraph at y and go on below it; its lines may run over to the next page."""
        for line in self.lines(text, weight, size, width or self.width - indent):
            self.need(size * LEADING)
            self.line_at(line, MARGIN + indent, self.y, size, weight, ink=ink)
            self.y += size * LEADING

    def text_at(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        weight: Weight = "regular",
        *,
        width: float,
        ink: Ink = "ink",
        align: Literal["left", "right", "centre"] = "left",
    ) -> float:
        """Write a paragraph with its upper left corner at a place of this page; return the y below it."""
        for line in self.lines(text, weight, size, width):
            room = width - line_width(line, size)
            shift = {"left": 0.0, "right": room, "centre": room / 2}[align]
            self.line_at(line, x + shift, y, size, weight, ink=ink)
            y += size * LEADING
        return y

    def line_at(
        self, line: Line, x: float, y: float, size: float, weight: Weight, *, ink: Ink = "ink"
    ) -> None:
        """Write one line that takes the height from y to y + size * LEADING."""
        baseline = self.page_height - y - ascent(weight, size)
        colour = self._colour(ink)

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(colour)
            canvas.setStrokeColor(colour)
            written = canvas.beginText(x, baseline)
            for run in line:
                written.setFont(run.face.name, size)
                written.setTextRenderMode(2 if run.face.outline else 0)
                if run.face.outline:
                    canvas.setLineWidth(run.face.outline * size)
                    canvas.setLineJoin(1)  # round: sharp corners would grow spikes
                written.textOut(run.text)
            written.setTextRenderMode(0)
            canvas.drawText(written)

        self._page.append(draw)

    def rule(self, y: float, ink: Ink, thickness: float = 0.75) -> None:
        """Draw a line across the text at y."""
        colour = self._colour(ink)

        def draw(canvas: Canvas) -> None:
            canvas.setStrokeColor(colour)
            canvas.setLineWidth(thickness)
            canvas.line(MARGIN, self.page_height - y, self.page_width - MARGIN, self.page_height - y)

        self._page.append(draw)

    def box(self, x: float, y: float, width: float, height: float, *, fill: Ink, border: Ink) -> None:
        """Draw a box with round corners, its upper left corner at x, y."""
        inside, outside = self._colour(fill), self._colour(border)

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(inside)
            canvas.setStrokeColor(outside)
            canvas.setLineWidth(1)
            canvas.roundRect(x, self.page_height - y - height, width, height, 3 * MM, stroke=1, fill=1)

        self._page.append(draw)

    def disc(self, x: float, y: float, radius: float, ink: Ink) -> None:
        """Draw a filled disc about x, y."""
        colour = self._colour(ink)

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(colour)
            canvas.circle(x, self.page_height - y, radius, stroke=0, fill=1)

        self._page.append(draw)

    def qr(self, content: str, x: float, y: float, side: float) -> None:
        """Draw a QR code (ISO/IEC 18004, level M) as vector modules; the caller keeps four modules free around it."""
        matrix = segno.make_qr(content, error="m", boost_error=False).matrix
        module = side / len(matrix)

        def draw(canvas: Canvas) -> None:
            canvas.setFillColor(black)
            dark = canvas.beginPath()
            for row, cells in enumerate(matrix, start=1):
                for column, cell in enumerate(cells):
                    if cell:
                        dark.rect(x + column * module, self.page_height - y - row * module, module, module)
            canvas.drawPath(dark, stroke=0, fill=1)

        self._page.append(draw)

    def picture(self, image: Image, x: float, y: float, width: float, height: float) -> None:
        """Draw a picture without loss, its upper left corner at x, y."""

        def draw(canvas: Canvas) -> None:
            canvas.drawImage(ImageReader(image), x, self.page_height - y - height, width, height)

        self._page.append(draw)

    def pdf(self) -> bytes:
        """Return the pages as PDF. The same pages always give the same bytes."""
        for number, page in enumerate(self._pages, start=1):
            self._page = page
            self._write_foot(number)
        made = BytesIO()
        with _PRESS:
            canvas = Canvas(
                made,
                pagesize=self.style.size,
                invariant=1,
                pageCompression=1,
                initialFontName="Body",  # type: ignore[arg-type]  # the stubs are wrong: it is a name
                lang=self.words.language,
            )
            canvas.setTitle(self._title)
            canvas.setAuthor(self._author)
            for page in self._pages:
                for draw in page:
                    draw(canvas)
                canvas.showPage()
            canvas.save()
        return made.getvalue()

    def _colour(self, ink: Ink) -> Color:
        return HexColor(getattr(self._look, ink))

    def _write_foot(self, number: int) -> None:
        _ = self.words
        size = self.style.small
        y = self.page_height - FOOT - len(self._running) * size * LEADING
        if len(self._pages) > 1:
            page = _("Page {number} of {total}", number=number, total=len(self._pages))
            self.text_at(page, MARGIN, y, size, width=self.width, ink="quiet_ink", align="right")
        for line in self._running:
            self.line_at(line, MARGIN, y, size, "regular", ink="quiet_ink")
            y += size * LEADING
