"""Dresses windows in the visual language: fonts, palette, style sheet and the ring round what has the focus."""

from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Literal

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.look import THEME, Colours, Look, Surface, read_look

KEY = 66  # px; not larger with larger text, or the keyboard would fill the screen
GAP = 5  # px from a control's edge to the outside of its ring: 2 px of ground and the 3 px ring
ROOM = 2.2  # the least height of a control, in sizes of its text
STYLE_SHEET = THEME.with_suffix(".qss")
FONTS = {
    "fontpkg_atkinson_hyperlegible": ("AtkinsonHyperlegible-Regular.ttf", "AtkinsonHyperlegible-Bold.ttf"),
    "fontpkg_noto_sans": ("NotoSans[wdth,wght].ttf",),
    "fontpkg_jetbrains_mono": ("JetBrainsMono[wght].ttf",),
}


class Theme:
    """The visual language for one surface, as the person there wants to see it."""

    def __init__(
        self,
        surface: Literal["desk", "kiosk"],
        *,
        large_text: bool = False,
        high_contrast: bool = False,
        look: Look | None = None,
    ) -> None:
        self._surface, self._high_contrast = surface, high_contrast
        self._look = look or read_look()
        self._sizes: Surface = self._look.desk if surface == "desk" else self._look.kiosk
        self._factor = self._look.type.large_text if large_text else 1.0
        self.colours: Colours = self._look.dark if high_contrast else self._look.light

    def with_large_text(self) -> "Theme":
        """Return the same for somebody who wants large text."""
        return Theme(self._surface, large_text=True, high_contrast=self._high_contrast, look=self._look)

    def apply(self, target: QApplication | QWidget) -> None:
        """Dress the whole application, or one window and what belongs to it; what has the focus gets its ring."""
        from ui.widgets.focus_ring import FocusRing  # takes longer to load than the first page may

        self.dress(target)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        FocusRing.follow(application, GAP)

    def dress(self, target: QApplication | QWidget) -> None:
        """Dress what has no controls."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        if application.style().name() not in {"fusion", ""}:  # it has no name once a style sheet lies over it
            application.setStyle("Fusion")
        register_fonts(self._look)
        QDir.setSearchPaths("look", [str(STYLE_SHEET.parent)])
        target.setFont(self.font())
        target.setPalette(self.palette())
        target.setStyleSheet(self.style_sheet())

    def font(self) -> QFont:
        """Return the font of running text."""
        font = QFont()
        font.setFamilies([self._look.type.body_family, self._look.type.fallback_family])
        font.setPixelSize(self.size(self._sizes.body))
        return font

    def size(self, pixels: int) -> int:
        """Return a size as large as this person reads it."""
        return round(pixels * self._factor)

    def palette(self) -> QPalette:
        """Return the colours for what Qt draws without the style sheet."""
        c, roles = self.colours, QPalette.ColorRole
        palette = QPalette()
        for role, colour in {
            roles.Window: c.ground,
            roles.Base: c.surface,
            roles.AlternateBase: c.ground,
            roles.Button: c.surface,
            roles.WindowText: c.ink,
            roles.Text: c.ink,
            roles.ButtonText: c.ink,
            roles.BrightText: c.stop,
            roles.PlaceholderText: c.quiet_ink,
            roles.Highlight: c.teal,
            roles.HighlightedText: c.on_teal,
            roles.Accent: c.teal,
            roles.Link: c.teal,
            roles.LinkVisited: c.teal,
            roles.ToolTipBase: c.ink,
            roles.ToolTipText: c.surface,
            roles.Light: c.surface,
            roles.Midlight: c.line,
            roles.Mid: c.line,
            roles.Dark: c.edge,
            roles.Shadow: c.edge,
        }.items():
            palette.setColor(role, QColor(colour))
        for role in (roles.WindowText, roles.Text, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.quiet_ink))
        return palette

    def style_sheet(self) -> str:
        """Return resources/theme.qss with the tokens filled in."""
        sizes, space, kind = self._sizes, self._look.space, self._look.type
        body = self.size(sizes.body)
        target, row = (max(least, round(body * ROOM)) for least in (sizes.target, sizes.row))
        control_corner = space.unit if target < self._look.web.target else space.corner
        veil = QColor(self._look.light.light_box)
        tokens = {
            **asdict(self.colours),
            "families": f'"{kind.body_family}", "{kind.fallback_family}"',
            "code_families": f'"{kind.code_family}", "{kind.fallback_family}"',
            "body": body,
            "action": self.size(sizes.action),
            "subheading": round(body * kind.scale),
            "heading": round(body * kind.scale**2),
            "title": round(body * kind.scale**3),
            "code": round(body * kind.scale),
            "key": round(body * kind.scale),
            "target": target,
            "inner_target": target - 2,
            "inner_key": KEY - 2,
            "row": row,
            "card": target + 2 * space.unit,
            "tick": round(body * kind.scale),
            "corner": space.corner,
            "inner_corner": space.corner - 1,
            "control_corner": control_corner,
            "ring_corner": control_corner + GAP,
            "mode": "dark" if self.colours is self._look.dark else "light",
            "half_tick": round(body * kind.scale) // 2 + 1,
            "badge_corner": space.unit,
            "focus": space.focus,
            "half": space.unit // 2,
            "inset": space.unit + space.unit // 2,
            "heading_inset": space.unit + space.unit // 2 + 3,  # Qt moves a row's words by so much more
            "side": space.unit * 2 if target < self._look.web.target else space.unit * 3,
            "veil": f"rgba({veil.red()}, {veil.green()}, {veil.blue()}, 60%)",
        }
        return Template(STYLE_SHEET.read_text(encoding="utf-8")).substitute(tokens)


def register_fonts(look: Look) -> None:
    """Make the three families known to Qt, once; raises FileNotFoundError when a font package is missing."""
    known = set(QFontDatabase.families())
    if {look.type.body_family, look.type.fallback_family, look.type.code_family} <= known:
        return
    for package, names in FONTS.items():
        for name in names:
            path = Path(str(files(package))) / "files" / name
            if QFontDatabase.addApplicationFont(str(path)) < 0:
                raise FileNotFoundError(path)
