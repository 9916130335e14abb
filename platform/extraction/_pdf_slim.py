"""pypdf without what reading never asks of it: 6 of the 13 MB that importing it takes.

It imports its writer, XMP with a whole DOM, 4,300 names of glyphs, pictures,
programs that decode pictures, and cryptography for everybody.
"""

import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

_UNUSED = ("pypdf._writer", "pypdf.xmp")
# For writing, and for the program jbig2dec, which nobody shall start here.
_UNUSED_UNLESS_ENCRYPTED = ("secrets", "shutil", "subprocess", "tempfile", "uuid")
# It does without them.
_ABSENT = ("PIL",)
_ABSENT_UNLESS_ENCRYPTED = ("cryptography", "_hashlib")
_GLYPHS = "pypdf._codecs.adobe_glyphs"


class _Hollow(ModuleType):
    """A module whose every name is a class, and whatever is made of it is None."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__new__": lambda *_, **__: None})
        setattr(self, name, made)
        return made


class _Glyphs(dict[str, str]):
    """Names of glyphs with their characters, read when the first one is asked for: most
    files name none."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (self._read() and name in self)

    def __missing__(self, name: str) -> str:
        if not self._read():
            raise KeyError(name)
        return self[name]

    def _read(self) -> bool:
        """Read them, once."""
        if self:
            return False
        around = sys.modules["pypdf._codecs"].__path__
        spec = PathFinder.find_spec(_GLYPHS, around)
        if spec is None or spec.loader is None:
            return False
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        self.update(module.adobe_glyphs)
        return True


def prepare(is_encrypted: bool) -> None:
    """Have the next import of pypdf find these in the place of what it asks for."""
    unused, absent = _UNUSED, _ABSENT
    if not is_encrypted:
        unused += _UNUSED_UNLESS_ENCRYPTED
        absent += _ABSENT_UNLESS_ENCRYPTED
    modules: dict[str, Any] = sys.modules
    for name in absent:
        modules.setdefault(name, None)
    for name in unused:
        modules.setdefault(name, _Hollow(name))
    glyphs = ModuleType(_GLYPHS)
    vars(glyphs)["adobe_glyphs"] = _Glyphs()
    modules.setdefault(_GLYPHS, glyphs)
