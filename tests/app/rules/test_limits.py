from dataclasses import fields, replace

import pytest

from app.rules.limits import ClinicRules


@pytest.mark.rule("R12", "R29", "R50", "R64", "R65")
def test_the_defaults_are_the_numbers_of_the_faq() -> None:
    rules = ClinicRules()
    assert rules.activation_months == 1
    assert rules.report_hours == 48
    assert rules.account_months == 12
    assert rules.share_days == 30
    assert rules.max_accesses == 10


@pytest.mark.parametrize("name", [field.name for field in fields(ClinicRules)])
@pytest.mark.parametrize("value", [0, -1])
def test_no_limit_can_be_set_below_one(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=name):
        replace(ClinicRules(), **{name: value})


def test_a_least_length_above_the_most_is_refused() -> None:
    with pytest.raises(ValueError, match="password_min"):
        ClinicRules(password_min=129)
    with pytest.raises(ValueError, match="user_name_min"):
        ClinicRules(user_name_min=65)


@pytest.mark.parametrize(
    ("name", "most"), [("retention_years", 100), ("account_months", 1200), ("report_hours", 1_000_000)]
)
def test_no_limit_can_be_set_beyond_the_calendar(name: str, most: int) -> None:
    assert getattr(replace(ClinicRules(), **{name: most}), name) == most
    with pytest.raises(ValueError, match=name):
        replace(ClinicRules(), **{name: most + 1})
