"""What a desk did by itself, in words: on its list of what needs attention and on a manager's."""

from app.words import Words


def operation_word(words: Words, use_case: str) -> str:
    """Return what a desk did by itself."""
    _ = words
    return {
        "patients.register": _("Patient registered"),
        "patients.change_contact": _("Contact details changed"),
        "accounts.create": _("Account made, letter printed"),
        "accounts.create_for_other": _("Account for somebody else made, letter printed"),
        "accounts.reissue": _("New letter printed"),
        "accounts.change_contact": _("Contact details of an account changed"),
        "accounts.handed_over": _("Letter handed over"),
        "accounts.block": _("Account blocked"),
    }.get(use_case, use_case)
