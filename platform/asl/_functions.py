"""The intrinsic functions of the States Language, as plain functions.

Wrong arguments raise ValueError or TypeError. Limits are those of Step Functions:
ranges of 1,000 items, 10,000 characters to encode, decode or hash.
"""

import base64
import hashlib
import json
import math
import random
import re
import uuid
from collections.abc import Callable
from typing import Any

from asl._paths import equal

RANGE = 1_000  # items
TEXT = 10_000  # characters
ALGORITHMS = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
PLACE = re.compile(r"\\([\\{}'])|\{\}")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("an array is needed")
    return value


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("an object is needed")
    return value


def _text(value: Any, limit: int | None = None) -> str:
    if not isinstance(value, str):
        raise TypeError("a string is needed")
    if limit is not None and len(value) > limit:
        raise ValueError(f"longer than {limit} characters")
    return value


def _whole(value: Any) -> int:
    """An integer; a fraction is rounded to the nearest, halves up as Java does."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a number is needed")
    return value if isinstance(value, int) else math.floor(value + 0.5)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def array(*items: Any) -> list[Any]:
    return list(items)


def array_partition(items: Any, size: Any) -> list[list[Any]]:
    width = _whole(size)
    if width < 1:
        raise ValueError("the size of a part must be positive")
    given = _list(items)
    return [given[start : start + width] for start in range(0, len(given), width)]


def array_contains(items: Any, wanted: Any) -> bool:
    return any(equal(item, wanted) for item in _list(items))


def array_range(first: Any, last: Any, step: Any) -> list[int]:
    start, stop, stride = _whole(first), _whole(last), _whole(step)
    if stride == 0:
        raise ValueError("the step must not be zero")
    found = range(start, stop + (1 if stride > 0 else -1), stride)
    if len(found) > RANGE:
        raise ValueError(f"more than {RANGE} items")
    return list(found)


def array_get_item(items: Any, index: Any) -> Any:
    given, at = _list(items), _whole(index)
    if not 0 <= at < len(given):
        raise ValueError(f"no item {at} among {len(given)}")
    return given[at]


def array_length(items: Any) -> int:
    return len(_list(items))


def array_unique(items: Any) -> list[Any]:
    """The first of all equal items, in order."""
    seen: dict[str, Any] = {}
    for item in _list(items):
        seen.setdefault(_canonical(item), item)
    return list(seen.values())


def _canonical(item: Any) -> str:
    if isinstance(item, float) and item.is_integer():
        item = int(item)
    return json.dumps(item, sort_keys=True)


def base64_encode(text: Any) -> str:
    return base64.b64encode(_text(text, TEXT).encode()).decode()


def base64_decode(text: Any) -> str:
    return base64.b64decode(_text(text, TEXT), validate=True).decode()


def hashed(data: Any, algorithm: Any) -> str:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"the algorithms are {', '.join(ALGORITHMS)}")
    digest = hashlib.new(ALGORITHMS[algorithm], usedforsecurity=False)
    digest.update(_text(data, TEXT).encode())
    return digest.hexdigest()


def json_merge(first: Any, second: Any, deep: Any) -> dict[str, Any]:
    if deep is not False:
        raise ValueError("only shallow merging (false) is defined")
    return _object(first) | _object(second)


def json_to_string(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def string_to_json(text: Any) -> Any:
    return json.loads(_text(text), parse_constant=_constant)


def math_random(
    draw: random.Random, start: Any, end: Any, seed: Any | None = None
) -> int:
    """A whole number from *start* up to, without, *end*; one seed gives one number."""
    low, high = _whole(start), _whole(end)
    if low >= high:
        raise ValueError("the start must be below the end")
    source = draw if seed is None else random.Random(_whole(seed))
    return source.randrange(low, high)


def math_add(left: Any, right: Any) -> int:
    return _whole(left) + _whole(right)


def string_split(text: Any, splitter: Any) -> list[str]:
    """Split at each of the splitter's characters; empty parts are left out."""
    if not _text(splitter):
        return [_text(text)]
    parts = re.split(f"[{re.escape(splitter)}]", _text(text))
    return [part for part in parts if part]


def unique_id(draw: random.Random) -> str:
    return str(uuid.UUID(int=draw.getrandbits(128), version=4))


def format_text(template: Any, *values: Any) -> str:
    """The template with each ``{}`` replaced in turn; ``\\{`` stays a brace."""
    left = list(reversed(values))

    def filled(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        if not left:
            raise ValueError("more {} than values")
        return _shown(left.pop())

    text = PLACE.sub(filled, _text(template))
    if left:
        raise ValueError("more values than {}")
    return text


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json_to_string(value)


PURE: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "Array": (0, 1_000, array),
    "ArrayContains": (2, 2, array_contains),
    "ArrayGetItem": (2, 2, array_get_item),
    "ArrayLength": (1, 1, array_length),
    "ArrayPartition": (2, 2, array_partition),
    "ArrayRange": (3, 3, array_range),
    "ArrayUnique": (1, 1, array_unique),
    "Base64Decode": (1, 1, base64_decode),
    "Base64Encode": (1, 1, base64_encode),
    "Format": (1, 1_000, format_text),
    "Hash": (2, 2, hashed),
    "JsonMerge": (3, 3, json_merge),
    "JsonToString": (1, 1, json_to_string),
    "MathAdd": (2, 2, math_add),
    "StringSplit": (2, 2, string_split),
    "StringToJson": (1, 1, string_to_json),
}
RANDOM: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "MathRandom": (2, 3, math_random),
    "UUID": (0, 0, unique_id),
}
"""By name: the fewest and the most arguments, and the function."""
