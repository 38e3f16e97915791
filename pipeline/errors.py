"""The errors of the pipeline.

    PipelineError
    ├── Rejected                permanent: the file is refused at the door, the sentence goes to its sender
    │   ├── EmptyFile           empty_file
    │   ├── FileTooLarge        file_too_large
    │   ├── UnsupportedType     unsupported_type
    │   ├── Encrypted           encrypted
    │   ├── Corrupt             corrupt
    │   ├── TooManyPages        too_many_pages
    │   ├── TooManyPixels       too_many_pixels
    │   └── TooComplex          too_complex
    └── StageFailed             a stage could not finish
        ├── TimeLimit           time_limit      permanent: the same bytes take as long again
        ├── MemoryLimit         memory_limit    permanent
        ├── ChildCrashed        child_crashed   transient: worth another try
        ├── EngineMissing       engine_missing  permanent: an administrator must act
        ├── CloudAway           cloud_away      transient
        ├── CloudRefused        cloud_refused   permanent: an administrator must act
        ├── LlmError            llm_error       the language model's server; the built-in result stands
        │   ├── LlmAway         llm_away        transient, counts against the server
        │   ├── LlmSlow         llm_slow        transient, counts
        │   ├── LlmCutOff       llm_cut_off     transient, counts: an answer without its end
        │   ├── LlmBusy         llm_busy        transient: the server asks for patience
        │   ├── LlmTooLong      llm_too_long    permanent: prompt or answer do not fit
        │   ├── LlmPaused       llm_paused      the server failed too often and is left alone for a while
        │   ├── LlmOverBudget   llm_over_budget the tenant's calls, tokens or money are used up
        │   ├── NoSurrogate     llm_no_mask     what is sensitive can't be hidden: nothing goes out
        │   ├── LlmRefused      llm_refused     permanent: an administrator must act
        │   └── LlmNoSense      llm_no_sense    permanent: an answer that is not what was asked for, twice
        └── Unexpected          unexpected      transient: a fault of ours

A class's docstring is the sentence that a person reads; `code` is stable and part of the API.
"""

from __future__ import annotations

import inspect
from typing import ClassVar, Self


class PipelineError(Exception):
    """Something went wrong with this document."""

    code: ClassVar[str] = "error"
    transient: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    @property
    def sentence(self) -> str:
        """What a person reads: the class's sentence, and the detail where there is one."""
        sentence = " ".join((inspect.getdoc(type(self)) or "").split())
        return f"{sentence} {self.detail}".strip()

    def __str__(self) -> str:
        return self.sentence


class Rejected(PipelineError):
    """This file can't be taken."""

    code = "rejected"


class EmptyFile(Rejected):
    """The file is empty. Choose the file again; if it is empty on your disk too, scan or export it anew."""

    code = "empty_file"


class FileTooLarge(Rejected):
    """The file is too large. Split it or scan it at 300 dpi in black and white, then upload it again."""

    code = "file_too_large"


class UnsupportedType(Rejected):
    """This is not a PDF, PNG, JPEG or TIFF file. Save it in one of these formats and upload it again."""

    code = "unsupported_type"


class Encrypted(Rejected):
    """The PDF is locked with a password. Save a copy without the password and upload that."""

    code = "encrypted"


class Corrupt(Rejected):
    """The file is damaged and can't be opened. Export or scan it again and upload the new file."""

    code = "corrupt"


class TooManyPages(Rejected):
    """The document has more than 100 pages. Split it and upload the parts."""

    code = "too_many_pages"


class TooManyPixels(Rejected):
    """A page's picture is larger than 40 megapixels. Scan it at 300 dpi and upload it again."""

    code = "too_many_pixels"


class TooComplex(Rejected):
    """The file takes too much time or memory to open. Print it to a new PDF, or scan it, and upload that."""

    code = "too_complex"


class StageFailed(PipelineError):
    """A stage could not finish."""

    code = "stage_failed"


class TimeLimit(StageFailed):
    """The document took longer than its time limit."""

    code = "time_limit"


class MemoryLimit(StageFailed):
    """The document needed more memory than its limit."""

    code = "memory_limit"


class ChildCrashed(StageFailed):
    """The process that worked on the document died."""

    code = "child_crashed"
    transient = True


class EngineMissing(StageFailed):
    """No OCR engine is installed. Run `./fuse doctor` to see the one command that installs it."""

    code = "engine_missing"


class CloudAway(StageFailed):
    """The reading service did not answer. The first reading stands; run the document again later for a second one."""

    code = "cloud_away"
    transient = True


class CloudRefused(StageFailed):
    """The reading service refused the call. The first reading stands; an administrator must mend its settings."""

    code = "cloud_refused"


class LlmError(StageFailed):
    """The language model gave no answer. The built-in result stands."""

    code = "llm_error"
    counts: ClassVar[bool] = False
    """Whether it speaks against the server: several in a row, and it is left alone for a while."""
    tokens: tuple[int | None, int | None] = (None, None)
    """Of prompt and answer, where the server counted them before it failed: they are paid for all the same."""

    def after(self, prompt_tokens: int | None, answer_tokens: int | None) -> Self:
        """The same error, of a call that took so many tokens."""
        self.tokens = prompt_tokens, answer_tokens
        return self


class LlmAway(LlmError):
    """The language model's server does not answer. The built-in result stands; the document is read again later."""

    code = "llm_away"
    transient = True
    counts = True


class LlmSlow(LlmError):
    """The language model took longer than its time limit. The built-in result stands."""

    code = "llm_slow"
    transient = True
    counts = True


class LlmCutOff(LlmError):
    """The language model stopped before the end of its answer. The built-in result stands."""

    code = "llm_cut_off"
    transient = True
    counts = True


class LlmBusy(LlmError):
    """The language model's server is busy. The document waits for its turn."""

    code = "llm_busy"
    transient = True


class LlmPaused(LlmError):
    """The language model's server failed several times and is left alone. The document is read again later."""

    code = "llm_paused"


class LlmOverBudget(LlmError):
    """The language model's budget is used up for now. The document is read again when there is some."""

    code = "llm_over_budget"


class NoSurrogate(LlmError):
    """What is sensitive on this document can't be hidden from the language model. The built-in result stands."""

    code = "llm_no_mask"


class LlmTooLong(LlmError):
    """The document, or the answer, does not fit into the language model's context. The built-in result stands."""

    code = "llm_too_long"


class LlmRefused(LlmError):
    """The language model's server refused the call. Run `./fuse doctor` to see what it says."""

    code = "llm_refused"


class LlmNoSense(LlmError):
    """The language model's answer was not what was asked for, also when asked again. The built-in result stands."""

    code = "llm_no_sense"


class Unexpected(StageFailed):
    """Something went wrong on our side. Run the document again; if it stays, tell an administrator."""

    code = "unexpected"
    transient = True
