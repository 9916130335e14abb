"""A JSON filter language, compiled to one SQL/JSON path.

    {"status": "open", "due": {"lt": "2030"}, "any": [{...}, {...}], "not": {...}}

The path is one bound parameter: the statement around it never changes, and nothing in
a filter can leave its quotes. ``not`` keeps exactly the documents that its filter does
not keep, whatever types they hold. What is not in the language is refused with the
place where it stands.
"""

from json_filters._compile import EVERYTHING, jsonpath
from json_filters._language import BadFilter, members

__all__ = ["EVERYTHING", "BadFilter", "jsonpath", "members"]
