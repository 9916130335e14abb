"""Static sentence embeddings that run in a few megabytes, without a model server.

A sentence's vector is the mean of its tokens' rows in a 32,000 x 256 matrix, scaled to
length one. Matrix and tokenizer are files that are mapped into memory, read-only, so
that every process of a machine shares them. ``python -m embeddings.fetch`` gets them.

The same text has the same vector in every process and every batch.
"""

from embeddings._files import WeightsError, folder
from embeddings._model import Model, load

__all__ = ["Model", "WeightsError", "folder", "load"]
