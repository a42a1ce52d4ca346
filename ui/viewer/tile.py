"""What stands in an image's place when it cannot be shown: calm words, the rest of the exam goes on."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from app.errors import PortalError
from app.outside.logs import report_bug
from app.words import Words
from ui.icons import pixmap

INK = QColor("#E6EDEF")
QUIET = QColor("#B4C2C8")
CARD = QColor("#141A1D")
LINE = QColor("#263238")


@dataclass(frozen=True)
class Tile:
    """A title and one or two plain sentences."""

    title: str
    text: str


def tile_of(error: Exception, words: Words) -> Tile:
    """Return what is said of an image that could not be read; an error of ours is logged and gets a reference."""
    _ = words
    if isinstance(error, PortalError):
        reason = _.error(error)
    else:
        reason = _("Please tell reception this reference: {reference}.", reference=report_bug(error))
    return Tile(_("This image cannot be shown"), reason + "\n" + _("The other images are not affected."))


def paint_tile(painter: QPainter, tile: Tile | None, room: QRectF, font: QFont) -> None:
    """Draw the tile in the middle of the room; nothing while the image is still on its way."""
    if tile is None:
        return
    bold = QFont(font)
    bold.setBold(True)
    bold.setPixelSize(round(font.pixelSize() * 1.25) if font.pixelSize() > 0 else 20)
    em = float(bold.pixelSize())
    width = min(room.width() - 2 * em, 26 * em)
    wrap = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
    inner, endless = width - 4 * em, 10_000.0
    painter.setFont(bold)
    title = painter.boundingRect(QRectF(0, 0, inner, endless), wrap, tile.title)
    painter.setFont(font)
    text = painter.boundingRect(QRectF(0, 0, inner, endless), wrap, tile.text)
    height = 2 * em + 2.5 * em + em + title.height() + 0.5 * em + text.height() + 2 * em
    card = QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(LINE)
    painter.setBrush(CARD)
    painter.drawRoundedRect(card, 12, 12)
    top = card.top() + 2 * em
    picture = pixmap("image-off", QUIET, round(2.5 * em), painter.device().devicePixelRatioF())
    painter.drawPixmap(QPointF(card.center().x() - 1.25 * em, top), picture)
    top += 3.5 * em
    painter.setFont(bold)
    painter.setPen(INK)
    painter.drawText(QRectF(card.left() + 2 * em, top, inner, title.height()), wrap, tile.title)
    top += title.height() + 0.5 * em
    painter.setFont(font)
    painter.setPen(QUIET)
    painter.drawText(QRectF(card.left() + 2 * em, top, inner, text.height() + em), wrap, tile.text)
