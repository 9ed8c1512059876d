"""Audio, images and texts in, float32 embeddings and transcripts out: the client of Triptych servers."""
from ._aio import AsyncClient
from ._aio_streams import AsyncAudioStream, AsyncTranscriptStream
from ._client import Client
from ._comparing import Fused, Match, Ranked, Scores, Source
from ._embeddings import Embeddings, read_embedding
from ._errors import (
    AuthenticationError,
    CancelledError,
    DeadlineError,
    InternalError,
    InvalidInputError,
    ItemFailure,
    ItemsFailedError,
    ModelChangedError,
    NotFoundError,
    NotServedError,
    OverloadedError,
    PermissionDeniedError,
    TriptychError,
    UnavailableError,
)
from ._inputs import Samples
from ._retry import RetryPolicy
from ._sessions import AudioOptions, ImageResult, Window
from ._streams import AudioStream, TranscriptStream
from ._transcripts import Segment, Transcript, TranscriptionOptions, TranscriptUpdate, WindowTranscript, Word
from .adapters import TriptychEmbeddings

__all__ = [
    "AsyncAudioStream",
    "AsyncClient",
    "AsyncTranscriptStream",
    "AudioOptions",
    "AudioStream",
    "AuthenticationError",
    "CancelledError",
    "Client",
    "DeadlineError",
    "Embeddings",
    "Fused",
    "ImageResult",
    "InternalError",
    "InvalidInputError",
    "ItemFailure",
    "ItemsFailedError",
    "Match",
    "ModelChangedError",
    "NotFoundError",
    "NotServedError",
    "OverloadedError",
    "PermissionDeniedError",
    "Ranked",
    "RetryPolicy",
    "Samples",
    "Scores",
    "Segment",
    "Source",
    "Transcript",
    "TranscriptStream",
    "TranscriptUpdate",
    "TranscriptionOptions",
    "TriptychEmbeddings",
    "TriptychError",
    "UnavailableError",
    "Window",
    "WindowTranscript",
    "Word",
    "read_embedding",
]
