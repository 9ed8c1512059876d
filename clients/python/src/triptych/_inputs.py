"""What users have, as the API takes it."""
from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Union

import grpc
import numpy as np
import numpy.typing as npt

from .v1 import audio_pb2, common_pb2, image_pb2

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Samples:
    """Audio: int16, or floats whose full scale is ±1, of shape [samples] or [samples, channels]."""

    samples: Array
    sample_rate: int
    id: str = ""


@dataclass(frozen=True)
class AudioSource:
    """What the chunks of a live stream hold."""

    #: Of PCM; None where the stream is the bytes of a file.
    sample_rate: int | None = None
    #: Of PCM bytes; arrays say it themselves.
    channels: int = 1
    #: Of PCM: "s16le", "f32le" or "mulaw".
    encoding: str = "s16le"

    def format(self) -> audio_pb2.AudioFormat:
        if self.sample_rate is None:
            return audio_pb2.AudioFormat(encoding=audio_pb2.AUDIO_ENCODING_CONTAINER)
        encoding = choose("encoding", self.encoding, _PCM)
        return audio_pb2.AudioFormat(encoding=encoding, sample_rate_hz=self.sample_rate, channels=self.channels)


_PCM = {
    "s16le": audio_pb2.AUDIO_ENCODING_PCM_S16LE,
    "f32le": audio_pb2.AUDIO_ENCODING_PCM_F32LE,
    "mulaw": audio_pb2.AUDIO_ENCODING_PCM_MULAW,
}

#: A file, its bytes, pixels ([height, width], [height, width, 1, 3 or 4] of uint8, or floats in [0, 1]), or a Pillow image.
ImageInput = Union[str, "os.PathLike[str]", bytes, Array, image_pb2.Image, Any]
#: A WAV, FLAC, MP3 or Ogg file, its bytes, or samples; an array alone takes its rate from `sample_rate`.
AudioInput = Union[str, "os.PathLike[str]", bytes, Array, Samples, audio_pb2.AudioClip]

POOLINGS = {name.removeprefix("POOLING_").lower(): value for name, value in common_pb2.Pooling.items()}
CONTEXTS = {"": 0, "padded": audio_pb2.AUDIO_CONTEXT_PADDED, "trimmed": audio_pb2.AUDIO_CONTEXT_TRIMMED}
NUMBERS = {
    "float32": common_pb2.EMBEDDING_ENCODING_RAW_FLOAT32,
    "float16": common_pb2.EMBEDDING_ENCODING_RAW_FLOAT16,
    "int8": common_pb2.EMBEDDING_ENCODING_RAW_INT8,
}


def choose(name: str, value: str, among: dict[str, Any]) -> Any:
    """A value by its name. Raises ValueError with the names that there are."""
    if value not in among:
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(repr(one) for one in among)}")
    return among[value]


def embedding_options(
    pooling: str = "", normalize: bool | None = None, dimensions: int = 0, numbers: str = "float32"
) -> common_pb2.EmbeddingOptions:
    options = common_pb2.EmbeddingOptions(
        pooling=choose("pooling", pooling, {"": 0, **POOLINGS}),
        encoding=choose("numbers", numbers, NUMBERS),
        dimensions=dimensions,
    )
    if normalize is not None:
        options.normalize = normalize
    return options


def image_of(image: ImageInput) -> image_pb2.Image:
    """An image as the API has it. Raises TypeError or ValueError for what is none."""
    if isinstance(image, image_pb2.Image):
        return image
    if isinstance(image, (bytes, bytearray, memoryview)):
        return image_pb2.Image(encoded=bytes(image))
    if isinstance(image, (str, os.PathLike)):
        return image_pb2.Image(id=as_utf8(image), encoded=_read(image))
    if isinstance(image, np.ndarray):
        return image_pb2.Image(raw=_pixels(image))
    if hasattr(image, "convert") and hasattr(image, "mode"):
        return image_pb2.Image(raw=_pixels(np.asarray(image.convert("RGB"))))
    raise TypeError(f"an image is {type(image).__name__}; expected a path, bytes, an array of pixels or a Pillow image")


def _pixels(array: Array) -> image_pb2.RawImage:
    shape = array.shape
    channels = 1 if array.ndim == 2 else shape[2] if array.ndim == 3 else 0
    if channels not in (1, 3, 4):
        raise ValueError(
            f"an image has the shape {list(shape)}; expected [height, width], or [height, width, channels] with 1, 3 or 4 channels"
        )
    if array.dtype == np.uint8:
        pixel_format = {
            1: image_pb2.PIXEL_FORMAT_GRAY8,
            3: image_pb2.PIXEL_FORMAT_RGB8,
            4: image_pb2.PIXEL_FORMAT_RGBA8,
        }[channels]
        data = np.ascontiguousarray(array)
    elif array.dtype.kind == "f":
        if channels == 4:
            raise ValueError("an image of floats has 4 channels; expected 3, or uint8")
        pixel_format = image_pb2.PIXEL_FORMAT_RGB_F32LE
        grey = array.reshape(shape[0], shape[1], channels)
        data = np.ascontiguousarray(np.broadcast_to(grey, (*shape[:2], 3)), dtype="<f4")
    else:
        raise TypeError(f"an image is an array of {array.dtype}; expected uint8, or floats in [0, 1]")
    return image_pb2.RawImage(format=pixel_format, height=shape[0], width=shape[1], data=data.tobytes())


def clip_of(clip: AudioInput, sample_rate: int | None = None) -> audio_pb2.AudioClip:
    """A clip as the API has it. Raises TypeError or ValueError for what is none."""
    if isinstance(clip, audio_pb2.AudioClip):
        return clip
    container = audio_pb2.AudioFormat(encoding=audio_pb2.AUDIO_ENCODING_CONTAINER)
    if isinstance(clip, (bytes, bytearray, memoryview)):
        return audio_pb2.AudioClip(format=container, data=bytes(clip))
    if isinstance(clip, (str, os.PathLike)):
        return audio_pb2.AudioClip(id=as_utf8(clip), format=container, data=_read(clip))
    if isinstance(clip, np.ndarray):
        if sample_rate is None:
            raise ValueError("samples come as an array without their rate; give sample_rate, or Samples(array, rate)")
        clip = Samples(clip, sample_rate)
    if not isinstance(clip, Samples):
        raise TypeError(f"a clip is {type(clip).__name__}; expected a path, bytes, an array of samples or Samples")
    data, encoding = pcm(clip.samples)
    channels = 1 if clip.samples.ndim == 1 else clip.samples.shape[1]
    audio_format = audio_pb2.AudioFormat(encoding=encoding, sample_rate_hz=clip.sample_rate, channels=channels)
    return audio_pb2.AudioClip(id=clip.id, format=audio_format, data=data)


def pcm(samples: Array) -> tuple[bytes, audio_pb2.AudioEncoding]:
    """Samples as interleaved little-endian PCM."""
    if samples.ndim not in (1, 2):
        raise ValueError(f"samples have the shape {list(samples.shape)}; expected [samples] or [samples, channels]")
    if samples.ndim == 2 and samples.shape[1] > 8:
        hint = "; transpose it" if samples.shape[0] <= 8 else ""
        raise ValueError(f"samples have the shape {list(samples.shape)}; expected [samples, channels] with 1 to 8 channels{hint}")
    if samples.dtype.kind == "i" and samples.dtype.itemsize == 2:
        return np.ascontiguousarray(samples, dtype="<i2").tobytes(), audio_pb2.AUDIO_ENCODING_PCM_S16LE
    if samples.dtype.kind == "f":
        return np.ascontiguousarray(samples, dtype="<f4").tobytes(), audio_pb2.AUDIO_ENCODING_PCM_F32LE
    raise TypeError(f"samples are an array of {samples.dtype}; expected int16, or floats whose full scale is ±1")


def text_of(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError(f"a text is {type(text).__name__}; expected str")
    return text


def refused_text(text: str) -> common_pb2.ItemError | None:
    """What is wrong with a text that no message can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"the text is not valid UTF-8: character {error.start} is half of a surrogate pair"
        return common_pb2.ItemError(
            code=grpc.StatusCode.INVALID_ARGUMENT.value[0], reason="TEXT_NOT_UTF8", message=message, field="texts"
        )
    return None


def no_single(kind: str, items: Any) -> None:
    """One text or file where many are expected would be taken apart into its characters."""
    if isinstance(items, (str, bytes, os.PathLike)):
        raise TypeError(f"{kind} are one {type(items).__name__}; expected a list of them")


def _read(path: str | os.PathLike[str]) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def as_utf8(path: str | os.PathLike[Any]) -> str:
    """A path as messages and tables hold it: bytes of a name that are not UTF-8 become question marks."""
    return os.fsdecode(path).encode("utf-8", "replace").decode()


def by_kind(paths: Sequence[str]) -> dict[str, list[str]]:
    """Files by what their names say that they hold; others are left out."""
    kinds: dict[str, list[str]] = {"image": [], "audio": [], "text": []}
    for path in paths:
        kind = _KINDS.get(os.path.splitext(path)[1].lower())
        if kind:
            kinds[kind].append(path)
    return kinds


_KINDS = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".tif", ".tiff"), "image"),
    **dict.fromkeys((".wav", ".flac", ".mp3", ".ogg", ".oga", ".opus"), "audio"),
    ".txt": "text",
}


def files_of(folder: str | os.PathLike[str], recursive: bool) -> list[str]:
    """Files of a folder, in the order of their names. Hidden ones and links are left out."""
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith("."):
                continue
            if entry.is_file(follow_symlinks=False):
                found.append(entry.path)
            elif recursive and entry.is_dir(follow_symlinks=False):
                found.extend(files_of(entry.path, True))
    return found
