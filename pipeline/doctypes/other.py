"""Everything that is none of the other types: classified only."""

from pipeline.doctypes.definition import DocType

OTHER = DocType(name="other", label="Other")
