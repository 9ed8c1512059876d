"""Embeddings for LlamaIndex: needs its core, `pip install '.[llama-index]'`."""
from __future__ import annotations

from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.bridge.pydantic import PrivateAttr

from ._aio import AsyncClient
from ._client import Client
from .adapters import TriptychEmbeddings


class TriptychEmbedding(BaseEmbedding):
    """A `BaseEmbedding` of a Triptych server, as `embed_model` of an index takes it.

    Options are those of `Client.embed_texts`; prompts and `async_client` are those of `TriptychEmbeddings`. `embed_batch_size` texts are asked for at a
    time; the client splits them further where the server takes fewer.
    """

    _embeddings: TriptychEmbeddings = PrivateAttr()

    def __init__(
        self,
        client: Client,
        *,
        async_client: AsyncClient | None = None,
        query_prompt: str | None = None,
        document_prompt: str | None = None,
        embed_batch_size: int = 256,
        **options: Any,
    ) -> None:
        super().__init__(model_name=options.get("model") or "triptych", embed_batch_size=embed_batch_size)
        self._embeddings = TriptychEmbeddings(
            client, async_client=async_client, query_prompt=query_prompt, document_prompt=document_prompt, **options
        )

    @classmethod
    def class_name(cls) -> str:
        return "TriptychEmbedding"

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._embeddings.embed_query(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._embeddings.embed_documents([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._embeddings.embed_documents(texts)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await self._embeddings.aembed_query(query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return (await self._embeddings.aembed_documents([text]))[0]

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await self._embeddings.aembed_documents(texts)
