"""Bills for electricity, gas, water, telephone: classified only."""

from pipeline.doctypes.cue_phrases import UTILITY_BILL_CUES
from pipeline.doctypes.definition import DocType

UTILITY_BILL = DocType(
    name="utility_bill",
    label="Utility bill",
    cues=UTILITY_BILL_CUES,
)
