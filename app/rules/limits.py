"""The clinic's durations and limits; each is a setting whose default is the FAQ's number, written down here once."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class ClinicRules:
    """What one clinic promises; a value changed later applies to new events only (D3). Raises ValueError below 1 and beyond any calendar."""

    # Accounts
    activation_months: int = 1  # R12
    letter_memory_minutes: int = 15  # D2
    print_request_minutes: int = 60  # D2
    wrong_birth_dates_kill: int = 10  # D4
    account_months: int = 12  # R50
    expiry_notice_days: int = 30  # D18
    code_notice_days: int = 7  # D32, "about to expire"
    majority_years: int = 18  # D29
    retention_years: int = 7  # D8, D29; nothing is deleted by itself, the month page says what is older

    # User names, passwords, resets
    user_name_min: int = 4  # D5, characters
    user_name_max: int = 64  # D5
    password_min: int = 12  # D5
    password_max: int = 128  # D5
    reset_minutes: int = 60  # D6
    one_time_password_hours: int = 72  # for an employee's first sign-in

    # Reports
    report_hours: int = 48  # R29
    receipt_hours: int = 4  # D9

    # Invitations
    share_days: int = 30  # R64
    max_accesses: int = 10  # R65
    shared_until_max_months: int = 12  # D16
    visit_idle_minutes: int = 30  # D13
    visit_hours: int = 2  # D13
    wrong_codes_lock: int = 5  # D14
    lock_minutes: int = 15  # D14
    wrong_codes_stop: int = 15  # D14

    # Sessions and downloads
    kiosk_idle_seconds: int = 90  # D25
    kiosk_warning_seconds: int = 30  # D25
    kiosk_minutes: int = 20  # D25
    key_repeat_ms: int = 300  # a second tap on the same key sooner than this is a tremor
    web_idle_minutes: int = 15  # D25
    web_hours: int = 8  # D25
    staff_idle_minutes: int = 10  # D25
    staff_hours: int = 12  # D25
    download_minutes: int = 10  # D21

    # Replays and messages
    secret_replay_minutes: int = 15
    replay_days: int = 30
    message_secret_hours: int = 72

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"{field.name} must be at least 1")
            top = _most(field.name)
            if getattr(self, field.name) > top:
                raise ValueError(f"{field.name} must be at most {top}")
        for least, most in (("user_name_min", "user_name_max"), ("password_min", "password_max")):
            if getattr(self, least) > getattr(self, most):
                raise ValueError(f"{least} must not exceed {most}")


def _most(name: str) -> int:
    """Return the largest value with which every date that follows from it still exists."""
    if name.endswith("_years"):
        return 100
    return 1200 if name.endswith("_months") else 1_000_000
