"""Imported once by the fork server, so that every child starts with the modules and the OCR models loaded."""

from contextlib import suppress

from pipeline import run as run
from pipeline.errors import EngineMissing
from pipeline.ocr import find_engine

# Pages with a text layer can be read without an engine; a page that needs OCR says what is missing.
with suppress(EngineMissing):
    find_engine().warm_up()
