"""Pay stubs and payslips: classified only."""

from pipeline.doctypes.cue_phrases import PAY_STUB_CUES
from pipeline.doctypes.definition import DocType

PAY_STUB = DocType(
    name="pay_stub",
    label="Pay stub",
    cues=PAY_STUB_CUES,
)
