"""The office in the desk's real window."""

from tests.ui.reception.conftest import cups, open_desk, portal, print_server

__all__ = ["cups", "open_desk", "portal", "print_server"]
