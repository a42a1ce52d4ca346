"""What a person is told when something cannot be done."""

from collections.abc import Callable
from typing import Any, ParamSpec

import pytest

from app.errors import PortalError
from app.words import Words

P = ParamSpec("P")


def refusal(call: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> str:
    """Call it; return the kind of the error, whose sentence must come out whole."""
    with pytest.raises(PortalError) as told:
        call(*args, **kwargs)
    assert Words().error(told.value)
    return told.value.kind
