"""What a desk does without its server, and what it says when something needs it."""

from app.errors import N_, Unavailable

# What a desk does by itself besides what may wait in its outbox.
BY_ITSELF = frozenset(
    {
        "changes.follow",
        "changes.since",
        "clinic.settings",
        "patients.alike",
        "patients.find",
        "patients.look",
        "patients.open",
        "sessions.mine",
        "sessions.touch",
        "sites.all",
        "staff.lock",
        "staff.me",
        "staff.sign_in",
        "staff.sign_out",
        "staff.unlock",
        "stations.mine",
    }
)


def needs_server() -> Unavailable:
    """Return the error of what can only be done at the server."""
    return Unavailable(
        "needs_server",
        N_(
            "The clinic's server cannot be reached, and this can only be done there. Patients can be found and"
            " registered, and letters printed, as usual."
        ),
    )


def needs_sign_in() -> Unavailable:
    """Return the error of a stay that began without the server, which is back."""
    return Unavailable(
        "needs_sign_in",
        N_("The clinic's server is back. To do this, lock the screen and type your password again."),
    )


def no_copy() -> Unavailable:
    """Return the error of a desk that has nothing to go on with."""
    return Unavailable(
        "no_desk_copy",
        N_(
            "The clinic's server cannot be reached, and this desk has no copy to go on with. Wait until the server is"
            " back."
        ),
    )


def copy_too_old() -> Unavailable:
    """Return the error of a desk that was alone for too long."""
    return Unavailable(
        "desk_copy_too_old",
        N_(
            "The clinic's server has been away for more than seven days. This desk shows no patients any more until it"
            " is back. What was done here is kept."
        ),
    )
