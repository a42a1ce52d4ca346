"""The stations' way in, described as OpenAPI 3.1 from the use cases' own declarations, for a clinic's managers."""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter

from app.errors import N_, NotAllowed
from app.rules.access import Role
from app.served import Served, must_be_for_kind
from app.staff import StaffMembers
from web.api_caller import ApiPart, Asking

router = APIRouter()


@router.get("/openapi.json")
def openapi(api: ApiPart, caller: Asking) -> Response:
    """Return the description to a manager who is signed in at a desk."""
    must_be_for_kind(api.portal.parts, "staff.me", caller)
    if Role.MANAGER not in StaffMembers(api.portal.parts, caller).me().roles:
        raise NotAllowed("not_allowed", N_("Your role does not allow this. Ask a manager of the clinic."))
    return JSONResponse(described(api.served))


def described(served: Mapping[str, Served]) -> dict[str, Any]:
    """Return the OpenAPI document of what is served."""
    inputs: list[tuple[str, Any, TypeAdapter[Any]]] = []
    for name, one in served.items():
        inputs += [(f"{name} asked", "validation", one.passage.arguments)]
        inputs += [(f"{name} answered", "validation", one.passage.answer)]
    schemas, definitions = TypeAdapter.json_schemas(inputs, ref_template="#/components/schemas/{model}")
    parts = {
        "schemas": definitions.get("$defs", {}),
        "securitySchemes": {"station": {"type": "http", "scheme": "bearer"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Patient portal: stations", "version": version("patient-portal")},
        "security": [{"station": []}],
        "components": parts,
        "paths": {
            f"/api/{name}": {
                "post": {
                    "operationId": name,
                    "summary": (one.use_case.__doc__ or "").split("\n", 1)[0],
                    "tags": [name.partition(".")[0]],
                    "parameters": [_header(header) for header in _HEADERS],
                    "requestBody": _json(schemas[f"{name} asked", "validation"]) | {"required": True},
                    "responses": {
                        "200": _json(schemas[f"{name} answered", "validation"]) | {"description": "done"},
                        "default": {
                            "description": "error, kind, sentence, fields and field of what was refused"
                        },
                    },
                }
            }
            for name, one in served.items()
        },
    }


# Name, whether it is needed, what it is.
_HEADERS = (
    ("Portal-Api", True, "version of the station's program"),
    ("Portal-Session", False, "token of whoever is signed in at the station"),
    ("Portal-Visit", False, "token of a guest's visit"),
    ("Portal-Request", False, "UUID under which what writes is carried out once"),
)


def _header(header: tuple[str, bool, str]) -> dict[str, Any]:
    name, is_needed, what = header
    return {
        "name": name,
        "in": "header",
        "required": is_needed,
        "description": what,
        "schema": {"type": "string"},
    }


def _json(schema: Any) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}
