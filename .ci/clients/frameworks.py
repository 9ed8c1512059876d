"""LangChain's and LlamaIndex's own vector stores search with our embeddings: ADDRESS."""
from __future__ import annotations

import asyncio
import sys

import numpy as np
from langchain_core.vectorstores import InMemoryVectorStore
from llama_index.core import VectorStoreIndex
from llama_index.core.schema import TextNode

from triptych import AsyncClient, Client, TriptychEmbeddings
from triptych.llama_index import TriptychEmbedding

address = sys.argv[1]
documents = ["a picture of a pizza", "a picture of a sailboat", "a picture of a volcano", "a picture of a sunflower"]
query, expected = "a sailboat", documents[1]


def langchain(client: Client) -> None:
    store = InMemoryVectorStore.from_texts(documents, TriptychEmbeddings(client))
    found = store.similarity_search_with_score(query, k=2)
    assert found[0][0].page_content == expected and found[0][1] > found[1][1], found


async def langchain_async(client: Client, async_client: AsyncClient | None) -> None:
    store = await InMemoryVectorStore.afrom_texts(documents, TriptychEmbeddings(client, async_client=async_client))
    found = await store.asimilarity_search(query, k=1)
    assert found[0].page_content == expected, found


def llama_index(client: Client) -> None:
    embeddings = TriptychEmbedding(client, model="demo-clip", dimensions=64)
    index = VectorStoreIndex([TextNode(text=text) for text in documents], embed_model=embeddings)
    found = index.as_retriever(similarity_top_k=2).retrieve(query)
    assert found[0].node.text == expected and found[0].score > found[1].score, found
    many = [f"text {i}" for i in range(600)]
    vectors = embeddings.get_text_embedding_batch(many)
    assert np.allclose(vectors, client.embed_texts(many, dimensions=64).vectors, atol=1e-5)


async def llama_index_async(client: Client, async_client: AsyncClient | None) -> None:
    embeddings = TriptychEmbedding(client, async_client=async_client)
    index = VectorStoreIndex([TextNode(text=text) for text in documents], embed_model=embeddings, use_async=False)
    found = await index.as_retriever(similarity_top_k=1).aretrieve(query)
    assert found[0].node.text == expected, found
    batch = await embeddings.aget_text_embedding_batch(documents)
    assert np.allclose(batch, client.embed_texts(documents).vectors, atol=1e-5)


async def asynchronous(client: Client) -> None:
    async with AsyncClient(address) as async_client:
        for one in (None, async_client):
            await langchain_async(client, one)
            await llama_index_async(client, one)


with Client(address) as client:
    langchain(client)
    llama_index(client)
    asyncio.run(asynchronous(client))
print("LangChain and LlamaIndex found what they searched for")
