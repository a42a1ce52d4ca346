"""Operations of every version that a desk may still hold: the server reads them as they were written then."""

import json
from pathlib import Path

import pytest

from app.operations import OPERATION_VERSION, read_operation
from app.portal import Portal
from app.served import served_by

FROZEN = Path(__file__).parent / "operations"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_every_version_of_every_operation_is_read_as_it_was_frozen(portal: Portal) -> None:
    served = served_by(portal)
    waits = {name for name, one in served.items() if one.use_case.declaration.may_wait}
    found = {}
    for file in sorted(FROZEN.iterdir()):
        content = file.read_bytes()
        operation = read_operation(content)
        arguments = served[operation.use_case].passage.read_arguments(operation.arguments.encode())
        # Nothing that was said then is lost or made up.
        assert set(arguments) == set(json.loads(operation.arguments))
        assert file.name == f"{operation.use_case}-{operation.version}.json"
        found[operation.use_case, operation.version] = arguments
        for broken in (content.replace(b"Z", b""), content.replace(b'"ids"', b'"idz"')):
            with pytest.raises(ValueError, match=r"zone|idz"):
                read_operation(broken)
    # Whoever changes what an operation says freezes the new version beside the old one.
    assert set(found) == {(name, version) for name in waits for version in range(1, OPERATION_VERSION + 1)}
