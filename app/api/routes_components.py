"""The scripts of our components, which the browser loads once and keeps."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.api.problems import problem
from app.components.browser_code import module

_A_YEAR = "public, max-age=31536000, immutable"
"""The address names the version, so what is kept never gets old."""

router = APIRouter(include_in_schema=False)


@router.get("/api/components/{name}.js")
def component_script(name: Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]) -> Response:
    """A component's script. It holds nobody's data."""
    script = module(name)
    if script is None:
        return problem(404, "not_found", "There is no component of that name.")
    return Response(script, media_type="text/javascript", headers={"Cache-Control": _A_YEAR})
