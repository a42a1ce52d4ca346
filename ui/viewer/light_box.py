"""The light box: how the viewer's controls look on its dark ground, from the tokens of the one visual language."""

from functools import cache
from string import Template

from app.look import read_look

_SHEET = Template("""
#viewer { background: $ground; }
#viewer QFrame[lightbox="bar"] { background: rgba(20, 26, 29, 225); border: 1px solid #263238; border-radius: 12px; }
#viewer QFrame[lightbox="sheet"] { background: #141A1D; border: 1px solid #37474F; border-radius: 12px; }
#viewer QFrame#focusRing { border-color: $teal; }
#viewer QLabel { color: $ink; background: transparent; }
#viewer QLabel[lightbox="quiet"] { color: $quiet; }
#viewer QToolButton {
  color: $ink; background: transparent; border: none; border-radius: 8px; font-weight: normal;
  padding: 0px; margin: 0px;
}
#viewer QToolButton:hover { background: #223036; }
#viewer QToolButton:pressed, #viewer QToolButton:checked { background: #12333A; color: $teal; }
#viewer QToolButton:disabled { color: #5B6B72; }
#viewer QToolButton[lightbox="solid"] { background: rgba(20, 26, 29, 225); border: 1px solid #37474F; border-radius: 12px; }
#viewer QToolButton[lightbox="solid"]:hover { background: #223036; }
#viewer QPlainTextEdit, #viewer QScrollArea, #viewer QScrollArea QLabel { background: #141A1D; color: $ink; border: none; }
#viewer QListView { background: $ground; border: none; outline: none; }
#viewer QSlider { min-height: ${target}px; background: transparent; }
#viewer QSlider::groove:horizontal { height: 6px; border-radius: 3px; background: #37474F; }
#viewer QSlider::sub-page:horizontal { height: 6px; border-radius: 3px; background: $teal; }
#viewer QSlider::handle:horizontal {
  width: ${knob}px; height: ${knob}px; margin: -${over}px 0px; border-radius: ${round}px; background: $ink;
}
""")


@cache
def style_sheet(target: int) -> str:
    """Return the viewer's style sheet; target: least height of what is pressed, in pixels."""
    look = read_look()
    knob = target // 2 // 2 * 2
    return _SHEET.substitute(
        ground=look.dark.light_box,
        ink=look.dark.light_box_ink,
        quiet=look.dark.quiet_ink,
        teal=look.dark.teal,
        target=target,
        knob=knob,
        round=knob // 2,
        over=(knob - 6) // 2,
    )
