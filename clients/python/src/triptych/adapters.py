"""Embeddings as LangChain calls them. Its package is not needed: it calls methods by name."""
from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from ._aio import AsyncClient
from ._client import Client


class TriptychEmbeddings:
    """LangChain's `Embeddings`, by the names of its methods. `triptych.llama_index` has those of LlamaIndex.

    `query_prompt` and `document_prompt` name the model's prompts, as E5's "query" and "passage". Without an `async_client` the asynchronous methods
    call the client in a thread.
    """

    def __init__(
        self,
        client: Client,
        *,
        async_client: AsyncClient | None = None,
        query_prompt: str | None = None,
        document_prompt: str | None = None,
        **options: Any,
    ) -> None:
        self._client = client
        self._async_client = async_client
        self._query = {**options, "prompt": query_prompt}
        self._document = {**options, "prompt": document_prompt}

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        return _lists(self._client.embed_texts(texts, **self._document).vectors)

    def embed_query(self, text: str) -> list[float]:
        return _lists(self._client.embed_texts([text], **self._query).vectors)[0]

    async def aembed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        if self._async_client is None:
            return await asyncio.to_thread(self.embed_documents, texts)
        return _lists((await self._async_client.embed_texts(texts, **self._document)).vectors)

    async def aembed_query(self, text: str) -> list[float]:
        if self._async_client is None:
            return await asyncio.to_thread(self.embed_query, text)
        return _lists((await self._async_client.embed_texts([text], **self._query)).vectors)[0]


def _lists(vectors: Any) -> list[list[float]]:
    lists: list[list[float]] = vectors.tolist()
    return lists
