"""The visual language: every pair of colours that carries words can be read."""

import pytest

from app.look import Colours, contrast, css_variables, read_look

LOOK = read_look()
GROUNDS = ("ground", "surface")
TEXT_AT_7 = [
    ("ink", ground) for ground in (*GROUNDS, "sunken", "teal_pale", "good_pale", "wait_pale", "stop_pale")
]
TEXT_AT_4_5 = [
    *[("quiet_ink", ground) for ground in (*GROUNDS, "sunken")],
    *[(word, ground) for word in ("teal", "good", "wait", "stop") for ground in GROUNDS],
    *[(word, f"{word}_pale") for word in ("teal", "good", "wait", "stop")],
    ("on_teal", "teal"),
    ("on_teal", "teal_deep"),
    ("on_stop", "stop"),
    ("on_stop", "stop_deep"),
    ("light_box_ink", "light_box"),
]
SHAPES_AT_3 = [(shape, ground) for shape in ("edge", "teal", "stop") for ground in GROUNDS]


@pytest.mark.parametrize("colours", [LOOK.light, LOOK.dark], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("pairs", "least"),
    [(TEXT_AT_7, 7.0), (TEXT_AT_4_5, 4.5), (SHAPES_AT_3, 3.0)],
    ids=["text", "quiet", "shapes"],
)
def test_words_and_edges_stand_out_from_their_ground(
    colours: Colours, pairs: list[tuple[str, str]], least: float
) -> None:
    too_weak = {
        (front, back): round(contrast(getattr(colours, front), getattr(colours, back)), 2)
        for front, back in pairs
        if contrast(getattr(colours, front), getattr(colours, back)) < least
    }
    assert too_weak == {}


def test_contrast_agrees_with_the_figures_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(
        4.48, abs=0.01
    )  # the usual example of one just too weak


def test_kiosk_targets_are_large_enough_for_a_finger() -> None:
    assert LOOK.kiosk.target >= 64
    assert LOOK.web.target >= 48


def test_web_pages_get_every_colour_of_both_modes() -> None:
    css = css_variables(LOOK)
    for name in vars(LOOK.light):
        assert css.count(f"--{name.replace('_', '-')}:") == 3  # light, dark by the system, dark by the page
    assert LOOK.light.teal in css
    assert LOOK.dark.teal in css
