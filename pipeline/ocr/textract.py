"""Amazon Textract as a reader, through boto3. Off unless it is asked for: pictures of pages leave this machine.

Tested against a server that speaks its protocol; the real service was not exercised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from pipeline.errors import CloudAway, CloudRefused
from pipeline.render import Gray
from pipeline.types import Box, Word

_MOST_BYTES = 10_000_000
"""Of a picture sent with the call itself (Textract's quotas for synchronous operations)."""
_CONNECT_S, _READ_S, _ATTEMPTS = 5, 30, 3
_REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "BadDocumentException",
        "DocumentTooLargeException",
        "IncompleteSignatureException",
        "InvalidParameterException",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
        "UnsupportedDocumentException",
        "ExpiredTokenException",
        "OptInRequired",
    }
)


class TextractEngine:
    """Sends pictures to DetectDocumentText. Credentials are those of boto3's own chain."""

    name = "textract"
    steady = True

    def __init__(self, region: str, endpoint: str | None = None, read_s: float = _READ_S) -> None:
        """Args:
        region: of the service, e.g. "eu-west-1".
        endpoint: its address, when it is not Amazon's own.
        read_s: how long an answer is waited for.

        Raises:
            CloudRefused: no region is set.
        """
        if not region:
            raise CloudRefused("Set FUSE_TEXTRACT_REGION.")
        self._region, self._endpoint, self._read_s = region, endpoint, read_s

    def warm_up(self) -> None:
        """See `OcrEngine`; nothing is kept warm here."""

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """See `OcrEngine`.

        Raises:
            CloudAway: it does not answer now.
            CloudRefused: it will not answer: credentials, rights, region.
        """
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError  # slow to import

        try:
            client = _client(self._region, self._endpoint, self._read_s)
            answer = client.detect_document_text(Document={"Bytes": _encoded(picture)})
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            raise (CloudRefused(f"It said {code}.") if code in _REFUSALS else CloudAway()) from None
        except NoCredentialsError:
            raise CloudRefused("It needs credentials (AWS_ACCESS_KEY_ID, or a role).") from None
        except BotoCoreError:
            raise CloudAway from None
        return list(_words(answer.get("Blocks", ()), page))

    def turn_needed(self, picture: Gray) -> int:
        """See `OcrEngine`; pages come to it upright."""
        return 0


@lru_cache(maxsize=2)
def _client(region: str, endpoint: str | None, read_s: float) -> Any:
    import boto3.session
    from botocore.config import Config

    waits = Config(
        connect_timeout=_CONNECT_S, read_timeout=read_s, retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}
    )
    return boto3.session.Session().client("textract", region_name=region, endpoint_url=endpoint, config=waits)


def _encoded(picture: Gray) -> bytes:
    """The picture as PNG; as JPEG, and smaller, where that is too large."""
    encoded = cv2.imencode(".png", picture)[1].tobytes()
    while len(encoded) > _MOST_BYTES:
        encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
        picture = np.asarray(cv2.resize(picture, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA), np.uint8)
    return encoded


def _words(blocks: Sequence[Mapping[str, Any]], page: int) -> Iterator[Word]:
    by_id = {block["Id"]: block for block in blocks}
    lines = (block for block in blocks if block["BlockType"] == "LINE")
    for number, line in enumerate(lines):
        for relation in line.get("Relationships", ()):
            if relation["Type"] != "CHILD":
                continue
            for block in (by_id[name] for name in relation["Ids"] if name in by_id):
                if block["BlockType"] == "WORD" and block["Text"].strip():
                    box = _box(block["Geometry"]["BoundingBox"], page)
                    yield Word(block["Text"].strip(), box, block["Confidence"] / 100, number)


def _box(place: Mapping[str, float], page: int) -> Box:
    left, top = place["Left"], place["Top"]
    sides = (left, top, left + place["Width"], top + place["Height"])
    return Box(page, *(min(max(side, 0.0), 1.0) for side in sides))
