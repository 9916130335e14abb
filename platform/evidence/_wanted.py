"""Which kinds of answer each way of asking wants: the first that fits, wins."""

import re

_PRICED = (
    r"(?:deposit|discount|reduction|surcharge|supplement|fee|fine|penalty|rent|fare|"
    r"postage|commission|down\s?payment|refund|excess)"
)
# What a thing does with an amount that is no price.
_BEARS = (
    r"(?:carr(?:y|ies)|holds?|lifts?|raises?|bears?|contains?|fits?|stores?|tows?|pulls?|"
    r"loads?|supports?)"
)
_EXPECTED = [
    (r"^(?:and\s+|so\s+)?who(?:m|se|'s)?\b", {"person", "contact"}),
    (
        r"\bset\s+(?:me|us|you|him|her|them|one)\s+back\b|\bwhat(?:'s|s|\s+is)\s+the\s+"
        r"damage\s*\?|\bwhat\b[^?]*\b(?:sell|go)\s+for\b|\b(?:what|how\s+much)\b[^?]*\b"
        r"(?:bill|owe|fined|reimburse|refund)\b|\bwhat\s+(?:do|does|would|will)\s+(?:you|"
        r"he|she|they)\s+(?:ask|take|want)\s+for\b|"
        rf"\bhow\s+(?:big|large|high)\b[^?]*\b{_PRICED}s?\b|"
        rf"\bwhat(?:'s|s|\s+is)\s+(?:the|your)\s+(?:\w+\s+)??{_PRICED}\b|"
        rf"^(?:the\s+|your\s+)?(?:\w+\s+)?{_PRICED}\b[^?]*\?*$|"
        r"\bhow\s+(?:dear|cheap|expensive)\b",
        {"money"},
    ),
    (
        r"\bnumber\b[^?]*\b(?:ring|call|dial|phone)\b|\b(?:phone|mobile)\s+(?:number|no)\b|"
        r"\bwho(?:m)?\b[^?]*\b(?:ring|phone)\s*\?",
        {"phone"},
    ),
    (r"\b(?:what|which)\s+(?:share|percentage|proportion)\b", {"money", "count"}),
    (r"\b(?:what|which)\s+weight\b", {"weight"}),
    (r"\bwhat\b[^?]*\b(?:include[sd]?|contains?|covers?|consists?)\b", set()),
    (
        r"\bhow\s+heavy\b|\bhow\s+much\b[^?]*\bweighs?\b|\bwhat\b[^?]*\bweight\s+of\b",
        {"weight"},
    ),
    (r"\bhow\s+(?:hot|cold|warm)\b|\btemperature\b", {"temperature"}),
    (r"\bhow\s+(?:tall|high|deep|wide)\b|\b(?:height|width|depth)\b", {"length"}),
    (
        r"\bhow\s+far(?!\s+(?:in\s+advance|ahead|before))\b|\bdistance\b",
        {"length", "duration"},
    ),
    (
        r"\bhow\s+(?:big|large)\b|\b(?:what|which)\s+size\b",
        {"area", "length", "count", "weight", "measure"},
    ),
    (
        r"\b(?:what|which)\s+speed\b",
        {"speed"},
    ),
    (
        r"\bhow\s+fast\s+is\b|\brate\s+limit\b",
        {"speed", "measure"},
    ),
    (r"\b(?:what|which)\s+year\b", {"year"}),
    (r"\bwhen\s+(?:was|were|did)\b|\bsince\s+when\b", {"year", "date"}),
    (
        r"\bwhat(?:'s|\s+is)\b[^?]*\baddress\b|\bpostal\s+address\b",
        {"address", "email"},
    ),
    (
        # Not "what is the price of the shear pin".
        r"\bwhat(?:'s|\s+is)\b(?![^?]*\b(?:prices?|costs?|fees?|charges?|sizes?)\b)[^?]*"
        r"\b(?:code|password|pin)\b",
        {"code"},
    ),
    (
        r"\bhow\s+(?:many|much)\s+(?:hours?|days?|weeks?|months?|time|notice|warning|years?|"
        r"nights?|minutes?|seconds?)\b|\bhow\s+far\s+(?:in\s+advance|ahead)|\bnotice\s+period",
        {"duration", "date", "count"},
    ),
    (r"\bhow\s+many\b|\bnumber\s+of\b|\bmaximum\b|\bminimum\b", {"count"}),
    (
        # "How much clay do I need", but not "how much of it" or "how much extra".
        r"\bhow\s+much\s+(?!(?:is|are|was|were|do|does|did|will|would|can|could|should|must|"
        r"may|have|has|to|for|per|of|off|on|in|at|if|it|its|this|that|the|an?|my|your|extra|"
        r"more|money|cash|rent|deposit|discount|fee|tax|vat|interest|credit|commission)\b)"
        r"(?:[\w-]+\s+){1,2}(?:is|are|do|does|did|should|can|could|may|will|would|must)\b",
        {"measure", "count", "weight"},
    ),
    (
        # "How much does the trailer carry?", "how much can I load on it?"
        rf"\bhow\s+much\s+(?:{_BEARS}\b|(?:can|could|may|does|do|will|would)\b[^?,]*?\b"
        rf"{_BEARS}\s*(?:$|[?.!]|(?:in|on|at|into|onto|with)\b))",
        {"measure", "count", "weight"},
    ),
    (r"\bhow\s+often\b|\bhow\s+frequently\b|\bhow\s+regularly\b", {"frequency"}),
    (
        r"\bhow\s+old\b|\b(?:what|which)\s+age\b|\bage\s+limit\b|\bminimum\s+age\b|"
        r"\bfrom\s+what\s+age\b",
        {"age", "count", "duration"},
    ),
    (
        r"\bhow\s+long\s+(?:is|are|was)\s+(?:the|your|a)\s+(?!(?:wait|stay|visit|session|"
        r"course|class|treatment|appointment|check)\w*\b)",
        {"duration", "measure", "length"},
    ),
    (
        r"\bhow\s+(?:long|quick(?:ly)?|fast|soon)\b|\bwhat(?:'s|\s+is)\s+the\s+duration|"
        r"\bwaiting\s+time",
        {"duration", "measure"},
    ),
    (
        r"\bopening\s+times?\b|\b(?:what|which)\s+times?\b|"
        r"\bwhen\s+(?:do|does|are|is)\s+(?:you|the\s+\w+)\s+(?:open|close)",
        {"clock"},
    ),
    (
        r"\bhow\s+(?:late|early)\b|\buntil\s+when\b|\bhours\b",
        {"clock", "date", "duration"},
    ),
    (
        r"\bwhen\b|\bwhich\s+days?\b|\bwhat\s+days?\b|\b(?:what|which)\s+dates?\b|\bby\s+(?:when|which)\b|"
        r"\bwhich\s+(?:month|year|week)|\bhow\s+(?:far|long)\s+(?:ahead|before)",
        {"clock", "date", "duration"},
    ),
    (
        r"\bhow\s+much\b|\bprices?\b|\bcosts?\b|\bfees?\b|\bcharges?\b(?!\s+(?:my|a|an)\b)|"
        r"\brates?\b|\bexpensive\b|"
        r"\bwhat\s+(?:do|does|did|must|will|would)\b[^?]*\bpay(?:\s+(?:for|per|a)\b|\W*$)|\bwhat\s+do\s+(?:i|we)\s+(?:owe|pay)\b|\bdiscounts?\b|"
        r"\bdeposit\b.*\bhow\b|\bwhat'?s\s+the\s+(?:rent|fine|penalty)\b",
        {"money"},
    ),
    (
        r"\be-?mails?\b(?!\s+me)",
        {"email"},
    ),
    (
        r"\bphone\s+number\b|\btelephone\b|\bfax\b|\bnumber\b.*\bcall\b",
        {"phone"},
    ),
    (
        r"\bpayment\s+(?:methods?|options?|types?)\b|\b(?:methods?|means|forms?)\s+of\s+"
        r"payment\b|\bways?\s+to\s+pay\b|\bhow\s+(?:can|do|may|should)\s+(?:i|we|you|"
        r"customers|one)\s+pay\W*$",
        {"payment"},
    ),
    (r"\bcontact\b|\breach\s+you\b|\bget\s+in\s+touch\b", {"contact"}),
    (
        r"^(?:and\s+|so\s+)?who(?:m|se|'s)?\b|\b(?:,|and)\s+who\b|\bwho\s+(?:do|can|should|"
        r"is|are|does|has|pays|runs|gives)\b",
        {"person", "contact"},
    ),
    (
        r"\bnames?\s+of\b|'s\s+(?:\w+\s+)?name\b|\b(?:called|named)\s*\?|"
        r"\b(?:which|what)\s+(?:\w+\s+)?(?:brands?|firms?|compan(?:y|ies)|banks?|makes?|"
        r"cit(?:y|ies)|towns?|countr(?:y|ies)|airports?|stations?|bus(?:es)?|lines?|"
        r"doctors?|vets?|teachers?|artists?|authors?|languages?|universit(?:y|ies))\b",
        {"name"},
    ),
    (
        r"\bwhere\b|\blocated\b",
        {"place", "contact"},
    ),
]
RULES = [(re.compile(pattern, re.IGNORECASE), kinds) for pattern, kinds in _EXPECTED]
