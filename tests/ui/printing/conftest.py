"""Print servers of the tests' own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.printers.cupsd import PrintServer, running_print_server


@pytest.fixture(scope="module")
def server() -> Iterator[PrintServer]:
    with running_print_server() as running:
        yield running


@pytest.fixture
def own_server() -> Callable[..., AbstractContextManager[PrintServer]]:
    """For a test that stops the server or needs another kind."""
    return running_print_server
