"""IRS form W-2, Wage and Tax Statement: classified only."""

from pipeline.doctypes.cue_phrases import W2_CUES
from pipeline.doctypes.definition import DocType

W2 = DocType(
    name="w2",
    label="W-2",
    cues=W2_CUES,
)
