"""When a swipe counts, in millimetres of the screen: a long one always, a short one when it was quick."""

from typing import Final

FAR_MM: Final = 15.0
FLICK_MM: Final = 4.0
FLICK_MM_A_SECOND: Final = 60.0


def counts(pulled: float, speed: float, width: float, mm: float) -> bool:
    """Tell whether letting go here means the next image; all in pixels, mm: pixels of a millimetre."""
    is_long = abs(pulled) >= min(FAR_MM * mm, width / 4)
    is_quick = abs(pulled) >= FLICK_MM * mm and abs(speed) >= FLICK_MM_A_SECOND * mm and speed * pulled > 0
    return is_long or is_quick
