"""Text with a dark edge, readable over black, white and everything between."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

INK = QColor("#E6EDEF")
HALO = QColor(5, 8, 9, 215)
EDGE = 4.0  # pixels of halo, half of it outside the letters


class HaloText:
    """Lines of text kept as a picture until they change: outlines are slow to draw at each frame of a swipe."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] | None = None
        self._picture = QPixmap()

    def paint(
        self, painter: QPainter, lines: list[tuple[str, QFont]], where: QRectF, align: Qt.AlignmentFlag
    ) -> float:
        """Draw the lines from the top, or up from the bottom, of the rectangle; return the height they take."""
        density = painter.device().devicePixelRatioF()
        key = (tuple((text, font.key()) for text, font in lines), where.width(), align, density)
        if key != self._key:
            self._key = key
            self._picture = _drawn(lines, where.width(), align, density)
        size = self._picture.deviceIndependentSize()
        top = where.bottom() - size.height() if align & Qt.AlignmentFlag.AlignBottom else where.top()
        painter.drawPixmap(QPointF(where.left(), top), self._picture)
        return size.height()


def _drawn(lines: list[tuple[str, QFont]], width: float, align: Qt.AlignmentFlag, density: float) -> QPixmap:
    metrics = [QFontMetricsF(font) for _, font in lines]
    height = sum(metric.lineSpacing() for metric in metrics) + EDGE
    picture = QPixmap(QSize(max(1, round(width * density)), max(1, round(height * density))))
    picture.setDevicePixelRatio(density)
    picture.fill(Qt.GlobalColor.transparent)
    path, top = QPainterPath(), EDGE / 2
    for (text, font), metric in zip(lines, metrics, strict=True):
        short = metric.elidedText(text, Qt.TextElideMode.ElideRight, width - EDGE)
        left = EDGE / 2
        if align & Qt.AlignmentFlag.AlignRight:
            left = width - EDGE / 2 - metric.horizontalAdvance(short)
        elif align & Qt.AlignmentFlag.AlignHCenter:
            left = (width - metric.horizontalAdvance(short)) / 2
        path.addText(QPointF(left, top + metric.ascent()), font, short)
        top += metric.lineSpacing()
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(HALO, EDGE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)
    painter.fillPath(path, INK)
    painter.end()
    return picture
