"""Everything that is none of the other types: classified only."""

from pipeline.doctypes.cue_phrases import OTHER_CUES
from pipeline.doctypes.definition import DocType

OTHER = DocType(
    name="other",
    label="Other",
    cues=OTHER_CUES,
)
