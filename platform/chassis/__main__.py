"""``python -m chassis MODULE``: serve the ``app`` of a module, as an image does."""

import importlib
import sys

from chassis import serve

serve(importlib.import_module(sys.argv[1]).app)
