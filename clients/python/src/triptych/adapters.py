"""Embeddings as LangChain and LlamaIndex call them. Neither package is needed: they call methods by name."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._aio import AsyncClient
from ._client import Client


class TriptychEmbeddings:
    """LangChain's `Embeddings` and LlamaIndex's `BaseEmbedding`, by the names of their methods.

    `query_prompt` and `document_prompt` name the model's prompts, as E5's "query" and "passage".
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
        return _lists((await self._aio().embed_texts(texts, **self._document)).vectors)

    async def aembed_query(self, text: str) -> list[float]:
        return _lists((await self._aio().embed_texts([text], **self._query)).vectors)[0]

    def get_text_embedding(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def get_text_embedding_batch(self, texts: Sequence[str], show_progress: bool = False, **_: Any) -> list[list[float]]:
        return self.embed_documents(texts)

    def get_query_embedding(self, query: str) -> list[float]:
        return self.embed_query(query)

    async def aget_text_embedding(self, text: str) -> list[float]:
        return (await self.aembed_documents([text]))[0]

    async def aget_text_embedding_batch(self, texts: Sequence[str], show_progress: bool = False, **_: Any) -> list[list[float]]:
        return await self.aembed_documents(texts)

    async def aget_query_embedding(self, query: str) -> list[float]:
        return await self.aembed_query(query)

    def _aio(self) -> AsyncClient:
        if self._async_client is None:
            raise TypeError("the asynchronous methods need an AsyncClient; give it as async_client")
        return self._async_client


def _lists(vectors: Any) -> list[list[float]]:
    lists: list[list[float]] = vectors.tolist()
    return lists
