"""A CLIP tokenizer of a few hundred words: its rules and its kind of files, with merges learned from the words below.

CLIP's own vocabulary is 49408 entries. The rules are what tests need (cutting at words, bytes, merges, `</w>`, start and
end of text), so the fixture brings its own short list of merges.
"""

import pathlib
from collections import Counter

from transformers import CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

MERGES = 400
START, END = "<|startoftext|>", "<|endoftext|>"

TEXT = """
person people man woman child worker driver cyclist pedestrian bicycle bike car cars truck bus van motorcycle scooter
train boat ship plane dog cat bird horse cow sheep backpack bag handbag suitcase umbrella hat helmet jacket coat shirt
dress trousers shoes glasses chair table sofa bed door window wall floor street road sidewalk crossing bridge building
house tree grass flower sky cloud water river sea light lamp traffic sign stop post fence bench bottle cup glass plate
knife fork spoon bowl apple banana orange pizza cake phone laptop keyboard mouse screen camera clock book paper box
parcel pallet forklift crane ladder tool hammer wheel tyre plate number red green blue yellow orange purple pink brown
black white grey dark light bright small large big old young left right front back near far under over beside behind
running walking standing sitting lying riding carrying holding wearing looking open closed empty full broken parked
moving the a an of in on at with and or without visual two three four five six seven eight nine ten
"""


def merges_of(text: str, count: int) -> list[tuple[str, str]]:
    """Byte pair encoding, learned greedily: the commonest pair first, of equal ones the first in the alphabet."""
    letters = bytes_to_unicode()
    words = Counter(text.lower().split())
    pieces = {word: [letters[byte] for byte in word.encode()] for word in words}
    for piece in pieces.values():
        piece[-1] += "</w>"
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, piece in pieces.items():
            for pair in zip(piece, piece[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, piece in pieces.items():
            joined, index = [], 0
            while index < len(piece):
                match = tuple(piece[index : index + 2]) == best
                joined.append("".join(best) if match else piece[index])
                index += 2 if match else 1
            pieces[word] = joined
    return merges


def tiny_tokenizer(tokens: int) -> CLIPTokenizer:
    """The tokenizer, its vocabulary in CLIP's order: bytes, bytes that end a word, merges, start and end of text."""
    letters = list(bytes_to_unicode().values())
    merges = merges_of(TEXT, MERGES)
    entries = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in merges), START, END]
    vocabulary = {entry: index for index, entry in enumerate(entries)}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=tokens)


def save_tokenizer(tokenizer: CLIPTokenizer, folder: pathlib.Path) -> list[str]:
    """Writes tokenizer.json and tokenizer_config.json; who reads them pads and cuts prompts as pack.json says."""
    tokenizer.backend_tokenizer.no_padding()
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.save_pretrained(folder)
    return ["tokenizer.json", "tokenizer_config.json"]
