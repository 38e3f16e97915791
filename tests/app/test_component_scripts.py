from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.components.browser_code import loader, module
from app.server import make_api


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(make_api()) as client:
        yield client


@pytest.mark.parametrize("name", ["page_viewer", "rows_editor", "files_not_sent"])
def test_a_screen_names_the_script_and_the_browser_keeps_it(client: TestClient, name: str) -> None:
    [address] = re.findall(r'new URL\("([^"]+)"', loader(name))
    answer = client.get(f"/{address}")
    assert answer.status_code == 200
    assert answer.text == module(name)
    assert "export default function" in answer.text
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert len(loader(name)) < 1000, "it travels with every run of the screen"


@pytest.mark.parametrize("name", ["nothing", "..%2fbrowser%2flock", "lock", "Page_viewer"])
def test_no_other_file_is_served(client: TestClient, name: str) -> None:
    assert client.get(f"/api/components/{name}.js").status_code in (404, 422)
