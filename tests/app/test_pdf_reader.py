from __future__ import annotations

import subprocess
import sys

from app.settings import ROOT

PROGRAM = """
import sys
from importlib import import_module
from app import server
for module in server._HEAVY:
    import_module(module)
print("streamlit_pdf_viewer" in sys.modules)
"""


def test_the_server_leaves_the_pdf_reader_to_the_page() -> None:
    """Streamlit registers a component's files when a page imports it; else they are 404 for ever."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.split()[-1:] == ["False"], done.stderr
