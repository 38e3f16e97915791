"""One document's mask: hides what is sensitive in its text, and puts it back into what a model answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Self

from pipeline.errors import NoSurrogate
from pipeline.masking import surrogates
from pipeline.masking.exchange import Exchange, Pair, number_regex, word_regex
from pipeline.masking.number_patterns import find_numbers
from pipeline.masking.person_names import find_names, ordinary_words, words_of
from pipeline.masking.presidio_finder import find_by_presidio
from pipeline.masking.sensitive import Known, Sort

Finder = Callable[[str], Iterable[Known]]
"""What finds sensitive stretches in a text."""
_LEAST_CORE = 5
"""Of a number shorter than that nothing is hidden: it would be found among amounts and years."""
_SHORTEST_LONG = 7
_MOST_TRIES = 50
_MOST_CANDIDATES = 20_000


@dataclass(frozen=True)
class Mask:
    """What is hidden in one document, and behind what. The same texts and known values give the same mask.

    Attributes:
        pairs: originals and surrogates.
        names: the persons' names as printed: a word that is also an ordinary one is hidden only within them.
        sorts: how many originals of each sort are hidden; of names those as printed, not their words.
    """

    pairs: tuple[Pair, ...]
    names: tuple[str, ...] = ()
    sorts: Mapping[Sort, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, texts: Sequence[str], known: Sequence[Known], first: int = 1, finders: Sequence[Finder] | None = None
    ) -> Self:
        """The mask of a document.

        Args:
            texts: of all its pages: what is found on one is hidden on all.
            known: what the caller knows to be sensitive; the recognisers find the rest. Both empty: hides nothing.
            first: where the surrogates' count begins, so that two masks in one prompt don't share any.
            finders: the recognisers; None: ours, and presidio where that is installed.

        Raises:
            NoSurrogate: there are none that the document's own text does not hold.
        """
        used = (find_patterns, find_by_presidio) if finders is None else tuple(finders)
        secrets = _distinct([*known, *(k for find in used for text in texts for k in find(text))])
        for attempt in range(_MOST_TRIES):
            mask = cls(*_paired(texts, secrets, first + attempt))
            # What stands beside a surrogate can make it look like another one; then the next ones are tried.
            if all(mask.reveal(mask.hide(text)) == text for text in texts):
                return mask
        raise NoSurrogate

    def hide(self, text: str) -> str:
        """A text with surrogates for everything that is sensitive in it, in any way of writing."""
        return text if self._hiding is None else self._hiding.regex.sub(self._hiding.replace, text)

    def reveal(self, value: Any) -> Any:
        """Puts the originals back: in a text, or in all values of lists and dicts.

        A surrogate is known with other separators, capitals and spaces too; the original then comes back like that.
        A number that is a surrogate comes back as text.
        """
        if isinstance(value, str):
            return value if self._showing is None else self._showing.regex.sub(self._showing.replace, value)
        if isinstance(value, Mapping):
            return {key: self.reveal(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.reveal(each) for each in value]
        if isinstance(value, int | float) and not isinstance(value, bool) and self._showing is not None:
            digits = str(int(value)) if value == value and abs(value) < 1e15 and value == int(value) else ""
            return self.reveal(digits) if digits in self._showing.numbers else value
        return value

    def to_json(self) -> dict[str, Any]:
        """Everything, the originals too: to be kept encrypted."""
        return {
            "pairs": [[pair.sort.value, pair.original, pair.surrogate] for pair in self.pairs],
            "names": list(self.names),
            "counts": {sort.value: n for sort, n in self.sorts.items()},
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Reads what `to_json` wrote."""
        return cls(
            tuple(Pair(Sort(sort), original, surrogate) for sort, original, surrogate in told["pairs"]),
            tuple(told["names"]),
            {Sort(sort): int(n) for sort, n in told["counts"].items()},
        )

    def __getstate__(self) -> dict[str, Any]:
        """Data only, for a child process: the compiled patterns are made again there."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @cached_property
    def _hiding(self) -> Exchange | None:
        return Exchange.of(self.pairs, self.names)

    @cached_property
    def _showing(self) -> Exchange | None:
        return Exchange.of([pair.turned() for pair in self.pairs], None)


def find_patterns(text: str) -> Iterator[Known]:
    """What our own recognisers find in a page's text."""
    yield from (Known(text[f.start : f.end], f.sort) for f in find_numbers(text))
    yield from (Known(name, Sort.NAME) for name in find_names(text))


def _distinct(found: Sequence[Known]) -> list[Known]:
    """Each original once; a number by its core, and as the sort that says most of it."""
    kept: dict[str, Known] = {}
    for known in found:
        if known.sort is Sort.NAME:
            key = "name " + " ".join(words_of(known.text))
        elif known.sort is Sort.EMAIL:
            if "@" not in known.text.strip("@"):
                continue
            key = "email " + known.text
        else:
            key = surrogates.core(known.text)
            if len(key) < _LEAST_CORE or not (known.sort is Sort.MRZ or any(c.isdigit() for c in key)):
                continue
        if key not in kept or kept[key].sort is Sort.ID_NUMBER:
            kept[key] = known
    return list(kept.values())


def _paired(
    texts: Sequence[str], secrets: Sequence[Known], first: int
) -> tuple[tuple[Pair, ...], tuple[str, ...], dict[Sort, int]]:
    names = [known.text for known in secrets if known.sort is Sort.NAME and words_of(known.text)]
    emails = [known.text for known in secrets if known.sort is Sort.EMAIL]
    numbers = [known for known in secrets if known.sort not in (Sort.NAME, Sort.EMAIL)]
    pairs = (
        *_number_pairs(texts, numbers, first),
        *_email_pairs(texts, emails, first),
        *_name_pairs(texts, names, first),
    )
    spoken = tuple(dict.fromkeys(form for name in names for form in (name, _turned(name))))
    counts = Counter(known.sort for known in (*numbers, *(k for k in secrets if k.text in emails or k.text in names)))
    return pairs, spoken, dict(counts)


def _number_pairs(texts: Sequence[str], numbers: Sequence[Known], first: int) -> Iterator[Pair]:
    packed = [surrogates.core(text) for text in texts]
    taken = {surrogates.core(known.text) for known in numbers}
    for known in numbers:
        for made in islice(surrogates.numbers(known.sort, surrogates.core(known.text), first), _MOST_CANDIDATES):
            surrogate = surrogates.poured(made, known.text)
            if made not in taken and not _stands_in(surrogate, made, texts, packed):
                taken.add(made)
                yield Pair(known.sort, known.text, surrogate)
                break
        else:
            raise NoSurrogate


def _stands_in(surrogate: str, made: str, texts: Sequence[str], packed: Sequence[str]) -> bool:
    if len(made) >= _SHORTEST_LONG:
        return any(made in text for text in packed)
    regex = re.compile(number_regex(surrogate))
    return any(regex.search(text) for text in texts)


def _email_pairs(texts: Sequence[str], emails: Sequence[str], first: int) -> Iterator[Pair]:
    small = [text.lower() for text in (*texts, *emails)]
    forms = {found: None for email in emails for text in texts for found in re.findall(re.escape(email), text, re.I)}
    made = (m for m in surrogates.email_addresses(first) if not any(m in text for text in small))
    for email in dict.fromkeys([*emails, *forms]):
        yield Pair(Sort.EMAIL, email, next(made))


def _name_pairs(texts: Sequence[str], names: Sequence[str], first: int) -> Iterator[Pair]:
    """A pair for each word; for one that is written in odd ways (McDonald, Mcdonald) a pair for each of these."""
    taken = {word.casefold() for text in (*texts, *names) for word in re.findall(r"[^\W\d_]+", text)} | ordinary_words()
    given = (name for name in surrogates.given_names(first) if name.casefold() not in taken)
    last = (name for name in surrogates.surnames(first) if name.casefold() not in taken)
    done: set[str] = set()
    for name in names:
        words = words_of(name)
        family = words_of(name.partition(",")[0]) if "," in name else words[-1:]
        for word in words:
            for form in _forms_of(word, texts):
                if form not in done:
                    surrogate = next(last if word in family else given)
                    done |= {form, form.upper(), form.lower()}
                    yield Pair(Sort.NAME, form, surrogate)


def _forms_of(word: str, texts: Sequence[str]) -> list[str]:
    """How a word is written in the texts, best first; capitals only are told by the usual form."""
    regex = re.compile(word_regex(word))
    written = dict.fromkeys([word, *(match[0] for text in texts for match in regex.finditer(text))])
    mixed = [form for form in written if not form.isupper() and not form.islower()]
    usual = word.capitalize()
    if not mixed and usual.upper() in (word, word.upper()):
        mixed = [usual]
    return [*mixed, *(form for form in written if form not in mixed)]


def _turned(name: str) -> str:
    """Surname first, or last: as other documents write it."""
    words = name.replace(",", " ").split()
    return " ".join([*words[1:], words[0]] if "," in name else [words[-1], *words[:-1]])
