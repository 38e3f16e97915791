"""IRS forms of the 1099 series: classified only."""

from pipeline.doctypes.cue_phrases import FORM_1099_CUES
from pipeline.doctypes.definition import DocType

FORM_1099 = DocType(
    name="form_1099",
    label="1099",
    cues=FORM_1099_CUES,
)
