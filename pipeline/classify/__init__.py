"""What type a document is: cue phrases and the shape of the page, each with a weight, and a softmax over the sums.

Each point of a type's score can be named, so the answer explains itself. The weights set by hand (`DocType.cues`,
`page_shape.WEIGHTS`) are the prior; `./fuse train classifier` moves them where drawn documents show it, and sets the
temperature that makes the scores probabilities (`learned.json`). A type that training has never seen is known by its
cues alone, at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.classify import page_shape
from pipeline.classify.phrases import find_phrases
from pipeline.classify.type_model import LEARNED, OTHER, Features, TypeModel
from pipeline.doctypes.definition import DocType
from pipeline.types import UNKNOWN_TYPE, Page, TypeGuess

FLOOR = 0.40
"""Below this probability the answer is "unknown"."""
_MIN_LETTERS = 25
_MOST_EVIDENCE = 6
_SURE = 0.9
_PLAINLY = 3.0
_LATER_PAGES = 2


def classify(pages: Sequence[Page], doc_types: Mapping[str, DocType], model: TypeModel = LEARNED) -> TypeGuess:
    """Says which type the pages are of.

    Args:
        pages: as read; the first one that has words decides. If it says little, as covers and notices do, one of the
            next two that is plainly of a type does.
        doc_types: the known types with their cues.
        model: what training added to the cues.
    """
    legible = [page for page in pages if page.words]
    if not legible or not _says_enough(legible[0]):
        return TypeGuess(UNKNOWN_TYPE, 0.0)
    doc_types = _other_gives_way(doc_types)
    first = _guess(legible[0], doc_types, model)
    if first.type not in (OTHER, UNKNOWN_TYPE) or _plainly_other(legible[0], doc_types):
        return first
    for page in legible[1 : 1 + _LATER_PAGES]:
        later = _guess(page, doc_types, model)
        if later.type not in (OTHER, UNKNOWN_TYPE) and later.score > _SURE:
            return later
    return first


def _says_enough(page: Page) -> bool:
    return sum(map(str.isalnum, page.text)) >= _MIN_LETTERS or page_shape.has_licence_code(page)


def _plainly_other(page: Page, doc_types: Mapping[str, DocType]) -> bool:
    """Whether phrases say that it is a letter, a contract ...; running text alone may be a cover."""
    cues = doc_types[OTHER].cues if OTHER in doc_types else {}
    return sum(strength * cues[phrase] for phrase, strength in find_phrases(page, cues).items()) >= _PLAINLY


def _other_gives_way(doc_types: Mapping[str, DocType]) -> Mapping[str, DocType]:
    """The types, "other" without the cues that one of them has: a type of one's own is no longer among the others."""
    if OTHER not in doc_types:
        return doc_types
    other = doc_types[OTHER]
    claimed = {
        _bare(phrase)
        for name, doc_type in doc_types.items()
        if name != OTHER
        for phrase, weight in doc_type.cues.items()
        if weight > 0
    }
    left = {phrase: weight for phrase, weight in other.cues.items() if _bare(phrase) not in claimed}
    return {**doc_types, OTHER: other.model_copy(update={"cues": left})}


def _bare(phrase: str) -> str:
    return phrase.strip("^*").lower()


def _guess(page: Page, doc_types: Mapping[str, DocType], model: TypeModel) -> TypeGuess:
    """Says which type a page with words is of."""
    features = describe(page, doc_types)
    shares = model.probabilities(features, doc_types)
    (best, score), *others = sorted(shares.items(), key=lambda item: -item[1])
    runner_up, runner_up_score = others[0] if others else (None, 0.0)
    spoke = sorted(model.contributions(features, doc_types[best]).items(), key=lambda item: -item[1])
    return TypeGuess(
        type=best if score >= FLOOR else UNKNOWN_TYPE,
        score=score,
        runner_up=runner_up,
        runner_up_score=runner_up_score,
        evidence=tuple(_bare(name) for name, points in spoke[:_MOST_EVIDENCE] if points > 0),
    )


def describe(page: Page, doc_types: Mapping[str, DocType]) -> Features:
    """What is seen on a page that has words: the cues of all types, and its shape."""
    cues = {phrase for doc_type in doc_types.values() for phrase in doc_type.cues}
    return Features(find_phrases(page, cues), page_shape.describe(page))
