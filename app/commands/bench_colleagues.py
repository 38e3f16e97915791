"""People at work beside the one who is measured: sessions of the workbench without a browser.

Twenty browsers would need more of a small machine than the server does, and the benchmark would measure them. A
colleague does what a browser makes the server do: a session over Streamlit's websocket that draws the review screen, an
approval, the next document, its page's picture and words, and a draft.
"""

from __future__ import annotations

import asyncio
import random
from urllib.parse import parse_qs

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_PICTURE_PX = 900


class Colleague:
    """One person's session."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.approved = 0

    async def work(self, pace_s: float) -> None:
        """Approves one document after the other until nothing waits, or until the task is cancelled."""
        host = self._address.removeprefix("http://")
        async with (
            websockets.connect(
                f"ws://{host}/_stcore/stream",
                subprotocols=[websockets.Subprotocol("streamlit")],
                origin=websockets.Origin(self._address),
                max_size=None,
            ) as socket,
            httpx.AsyncClient(base_url=self._address, timeout=60) as http,
        ):
            while doc_id := await self._open_next(socket):
                await self._look_and_approve(http, doc_id, pace_s * random.uniform(0.4, 1.6))

    async def _open_next(self, socket: websockets.ClientConnection) -> str | None:
        """Draws the review screen; gives the document that it shows."""
        message = BackMsg()
        message.rerun_script.page_name = "review"
        await socket.send(message.SerializeToString())
        shown = None
        while True:
            told = ForwardMsg.FromString(bytes(await socket.recv()))  # type: ignore[arg-type]
            kind = told.WhichOneof("type")
            if kind == "page_info_changed":
                shown = parse_qs(told.page_info_changed.query_string).get("doc", [None])[0]
            elif kind == "script_finished":
                return shown

    async def _look_and_approve(self, http: httpx.AsyncClient, doc_id: str, seconds: float) -> None:
        at = f"/api/docs/{doc_id}"
        await http.get(f"{at}/pages/1.jpg", params={"w": _PICTURE_PX})
        await http.get(f"{at}/pages/1/words")
        await asyncio.sleep(seconds)
        version = (await http.get(at)).json()["version"]
        draft = {"version": version, "entries": {"business_name": {"entry": "Typed by a colleague"}}}
        await http.put(f"{at}/draft", json=draft)
        answer = await http.post(f"{at}/approve", json={"version": version})
        self.approved += answer.is_success
