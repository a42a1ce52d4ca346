from datetime import date

import pytest

from app.rules.masks import masked_birth_date, masked_email, masked_mobile


@pytest.mark.rule("D7")
def test_masks_leave_enough_to_recognise_and_too_little_to_read_off() -> None:
    assert masked_email("amelia@example.org") == "a•••@e•••.org"
    assert masked_email("a@b.co") == "a•••@b•••.co"
    assert masked_mobile("+61491570156") == "••• 156"
    assert masked_birth_date(date(1944, 5, 17)) == "••• 1944"


def test_nothing_on_file_is_nothing_to_mask() -> None:
    assert masked_email("") == masked_mobile("") == ""
