"""Lucide line icons, drawn in the colour of the words beside them at any size and density."""

from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from zipfile import ZipFile

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

STROKE = "1.75"
DENSITIES = (1.0, 1.5, 2.0, 3.0)


@cache
def _drawings() -> ZipFile:
    # Kept open: reading its list of 1,700 names takes longer than all the icons of a page.
    return ZipFile(BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


@lru_cache(maxsize=64)
def _drawing(name: str) -> str:
    drawing = _drawings().read(f"{name}.svg").decode()
    return drawing.replace('stroke-width="2"', f'stroke-width="{STROKE}"')


def _coloured(name: str, colour: QColor) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_drawing(name).replace("currentColor", colour.name()).encode()))


def pixmap(
    name: str, colour: QColor, size: int, density: float = 1.0, room: tuple[int, int] = (0, 0)
) -> QPixmap:
    """Return the icon as a picture of size by size points at the density of the screen, with room left and right.

    Raises KeyError when Lucide has no icon of this name.
    """
    drawing = _coloured(name, colour)
    picture = QPixmap(QSize(round((size + sum(room)) * density), round(size * density)))
    picture.setDevicePixelRatio(density)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    drawing.render(painter, QRectF(room[0], 0, size, size))
    painter.end()
    return picture


def icon(name: str, colour: QColor, disabled: QColor, size: int, room: tuple[int, int] = (0, 0)) -> QIcon:
    """Return the icon for a button, sharp at the usual densities of screens, with room between it and the word."""
    return QIcon(_icon(name, colour.rgba(), disabled.rgba(), size, room))


# A window asks for the same icon again at every change of style, and a keyboard's keys with every page.
@lru_cache(maxsize=128)
def _icon(name: str, colour: int, disabled: int, size: int, room: tuple[int, int]) -> QIcon:
    made = QIcon()
    for density in DENSITIES:
        made.addPixmap(pixmap(name, QColor.fromRgba(colour), size, density, room))
        made.addPixmap(pixmap(name, QColor.fromRgba(disabled), size, density, room), QIcon.Mode.Disabled)
    return made


class IconLabel(QWidget):
    """An icon as high as a line of its text, in its text's colour, which the theme gives it by its role."""

    def __init__(self, name: str, role: str = "", *, lines: float = 1.0) -> None:
        super().__init__()
        self._name = name
        _drawing(name)  # an unknown name fails here, not while painting
        self._lines = lines
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str) -> None:
        """Show another icon."""
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square as high as the lines of text asked for."""
        side = round(self.fontMetrics().height() * self._lines)
        return QSize(side, side)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon in the colour that the words have here."""
        super().paintEvent(event)
        painter = QPainter(self)
        side = min(self.width(), self.height())
        where = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        _coloured(self._name, self.palette().color(self.foregroundRole())).render(painter, where)
        painter.end()
