"""What stands between a document and a language model: sensitive stretches become surrogates, answers come back.

A surrogate looks like what it stands for (900-00-0001 for a social security number), holds nothing of it, and leads
back to it. A `Mask` belongs to one document, and whoever has it can read what was hidden: keep it encrypted.
"""

from pipeline.masking.mask import Mask
from pipeline.masking.sensitive import Known, Sort, known_of

__all__ = ["Known", "Mask", "Sort", "known_of"]
