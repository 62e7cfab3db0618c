"""From WordNet's noun hierarchy: which words name which of COCO's kinds of things, and which name something else.

usage: build_kinds.py WORDNET_DICT_FOLDER TARGET
A line of the target is a kind, a tab and its words. `&` joins kinds that a word means together ("vehicle"), `|` those
of which it means one ("gull" is a bird, or somebody who is easily deceived); `-` stands for none of them, `+` for what
people wear, with the part of a person where one alone wears it (`+head`). A word that means the whole kind begins with `=` ("automobile"), one that tells people only by age or sex
with `~` ("lady"); what is left names a part of the kind ("taxi").
"""

import collections
import pathlib
import re
import sys

# Where each COCO label begins in WordNet: `lemma#sense`. A word means the label when its most used sense lies below.
# The young of an animal are filed under "young mammal", so they are named here beside their kind.
ROOTS = {
    "person": "person#1 homo#2",
    "bicycle": "bicycle#1",
    "car": "car#1",
    "motorcycle": "motorcycle#1",
    "airplane": "airplane#1",
    "bus": "bus#1",
    "train": "train#1",
    "truck": "truck#1 van#5",
    "boat": "vessel#2",
    "traffic light": "traffic_light#1",
    "fire hydrant": "fireplug#1",
    "parking meter": "parking_meter#1",
    "bench": "bench#1",
    "bird": "bird#1",
    "cat": "cat#1 kitten#1",
    "dog": "dog#1 puppy#1",
    "horse": "horse#1 foal#1",
    "sheep": "sheep#1 lamb#1",
    "cow": "cattle#1 calf#1",
    "elephant": "elephant#1",
    "bear": "bear#1",
    "zebra": "zebra#1",
    "giraffe": "giraffe#1",
    "backpack": "backpack#1",
    "umbrella": "umbrella#1",
    "handbag": "bag#4",
    "tie": "necktie#1",
    "suitcase": "bag#6",
    "frisbee": "frisbee#1",
    "skis": "ski#1",
    "snowboard": "snowboard#1",
    "sports ball": "ball#1",
    "kite": "kite#3",
    "baseball bat": "baseball_bat#1",
    "baseball glove": "baseball_glove#1",
    "skateboard": "skateboard#1",
    "surfboard": "surfboard#1",
    "tennis racket": "tennis_racket#1",
    "bottle": "bottle#1",
    "wine glass": "wineglass#1 goblet#1",
    "cup": "cup#1 mug#4",
    "fork": "fork#1",
    "knife": "knife#1",
    "spoon": "spoon#1",
    "bowl": "bowl#1 bowl#3",
    "banana": "banana#2",
    "apple": "apple#1",
    "sandwich": "sandwich#1",
    "orange": "orange#1",
    "broccoli": "broccoli#2",
    "carrot": "carrot#1 carrot#3",
    "hot dog": "hot_dog#2",
    "pizza": "pizza#1",
    "donut": "doughnut#1",
    "cake": "cake#3",
    "chair": "chair#1",
    "couch": "sofa#1",
    "potted plant": "houseplant#1 flowerpot#1",
    "bed": "bed#1",
    "dining table": "table#2",
    "toilet": "toilet#2",
    "tv": "television_receiver#1",
    "laptop": "laptop#1",
    "mouse": "mouse#4",
    "remote": "remote_control#1",
    "keyboard": "keyboard#1",
    "cell phone": "cellular_telephone#1",
    "microwave": "microwave#2",
    "oven": "oven#1",
    "toaster": "toaster#2",
    "sink": "sink#1",
    "refrigerator": "refrigerator#1",
    "book": "book#1 book#2",
    "clock": "clock#1",
    "vase": "vase#1",
    "scissors": "scissors#1",
    "teddy bear": "teddy#1",
    "hair drier": "hand_blower#1",
    "toothbrush": "toothbrush#1",
}
# What everybody is one of: words so many steps below tell age and sex, and nothing of what somebody is or does.
AGE_AND_SEX = {"adult#1": 1, "male#2": 2, "female#2": 2, "juvenile#1": 2}
# What people wear.
WORN = "clothing#1 headdress#1 footwear#1 footwear#2 eyeglasses#1"
# Which part of a person wears it; what is below none of these covers several, or none that can be told.
WORN_AT = {
    "head": "headdress#1",
    "upper": "coat#1 jacket#1 shirt#1 sweater#1 blouse#1 vest#1 top#10",
    "lower": "trousers#1 trouser#1 underpants#1 skirt#1 skirt#2 short_pants#1 legging#1 hosiery#1 footwear#1 footwear#2",
}
# A sense that is used this many times less than the most used one does not make a word doubtful.
RARE = 8
# A word over more labels than this ("artifact") says nothing.
GROUP_MAX = 12
# Senses beyond this are too rare to count.
SENSES_MAX = 6


class WordNet:
    def __init__(self, folder):
        self.hyponyms, self.hypernyms, self.instances, self.lemmas = {}, {}, set(), {}
        for line in self.lines(folder / "data.noun"):
            fields = line.split(" | ")[0].split(" ")
            count = int(fields[3], 16)
            at = 4 + 2 * count
            pointers = [(fields[at + 1 + 4 * n], fields[at + 2 + 4 * n], fields[at + 3 + 4 * n]) for n in range(int(fields[at]))]
            self.lemmas[fields[0]] = [fields[4 + 2 * n] for n in range(count)]
            self.hypernyms[fields[0]] = [target for kind, target, part in pointers if kind == "@" and part == "n"]
            self.hyponyms[fields[0]] = [target for kind, target, part in pointers if kind == "~" and part == "n"]
            if any(kind == "@i" for kind, _, _ in pointers):
                self.instances.add(fields[0])
        self.senses = {}
        for line in self.lines(folder / "index.noun"):
            fields = line.split()
            self.senses[fields[0]] = fields[6 + int(fields[3]) :]
        self.uses = collections.Counter()
        for line in (folder / "index.sense").read_text().splitlines():
            key, synset, _, uses = line.split()
            lemma, rest = key.split("%")
            if rest.startswith("1:"):
                self.uses[lemma, synset] = int(uses)

    @staticmethod
    def lines(path):
        return (line for line in path.read_text(encoding="utf8").splitlines() if not line.startswith("  "))

    def below(self, roots, steps=None):
        found, next_ones = set(), set(roots)
        while next_ones and (steps is None or steps >= 0):
            found |= next_ones
            next_ones = {under for synset in next_ones for under in self.hyponyms[synset]} - found
            steps = None if steps is None else steps - 1
        return found

    def sense(self, name):
        lemma, number = name.split("#")
        return self.senses[lemma][int(number) - 1]


def kinds_of(wordnet, closures, roots, word):
    """The label(s) that a word names; [] for something else that can be seen, None where it cannot be told."""
    senses = wordnet.senses[word][:SENSES_MAX]
    uses = [wordnet.uses[word, synset] for synset in senses]
    counted = [synset for synset, count in zip(senses, uses) if count * RARE >= uses[0]]
    labels = [next((label for label, closure in closures.items() if synset in closure), None) for synset in counted]
    # A coach trains people more often than it carries them, but the bus is called so itself.
    own = {label for synset in senses for label, synsets in roots.items() if synset in synsets}
    if labels[0] is not None and own and labels[0] not in own:
        return sorted(own)
    if labels[0] is not None and (uses[0] > 0 or len(set(labels)) == 1):
        return [labels[0]]
    named = sorted({label for label in labels if label is not None})
    if named and None not in labels:
        return named
    return None if any(synset in closure for synset in senses for closure in closures.values()) else []


def mark_of(wordnet, roots, age_and_sex, kinds, word):
    """How much of its kind a word means: `=` all of it, `~` people by age or sex, nothing for a part of it."""
    senses = wordnet.senses[word][:SENSES_MAX]
    if kinds == ["person"] and senses[0] in age_and_sex:
        return "~"
    return "=" if any(synset in roots[kind] for synset in senses for kind in kinds) else ""


def groups_of(wordnet, roots):
    """Synsets over the labels' own, that people use as a word for several of them: synset -> labels."""
    groups = collections.defaultdict(set)
    for label, synsets in roots.items():
        waiting, seen = list(synsets), set()
        while waiting:
            for above in wordnet.hypernyms[waiting.pop()]:
                if above not in seen:
                    seen.add(above)
                    waiting.append(above)
                    groups[above].add(label)
    return {synset: sorted(labels) for synset, labels in groups.items() if len(labels) <= GROUP_MAX}


if __name__ == "__main__":
    folder, target = map(pathlib.Path, sys.argv[1:3])
    wordnet = WordNet(folder)
    roots = {label: [wordnet.sense(name) for name in names.split()] for label, names in ROOTS.items()}
    closures = {label: wordnet.below(synsets) for label, synsets in roots.items()}
    groups = groups_of(wordnet, roots)
    age_and_sex = set().union(*(wordnet.below([wordnet.sense(name)], steps) for name, steps in AGE_AND_SEX.items()))
    worn = wordnet.below(wordnet.sense(name) for name in WORN.split())
    worn_at = {part: wordnet.below(wordnet.sense(name) for name in names.split()) for part, names in WORN_AT.items()}
    physical = wordnet.below(wordnet.senses["physical_entity"])
    words = collections.defaultdict(list)
    for word, senses in sorted(wordnet.senses.items()):
        if not re.fullmatch(r"[a-z][a-z_'-]+", word) or senses[0] in wordnet.instances:
            continue
        # Nobody asks a camera for them in Latin or under a chess player's name.
        if all(lemma[0].isupper() for lemma in wordnet.lemmas[senses[0]] if lemma.lower() == word):
            continue
        kinds = kinds_of(wordnet, closures, roots, word)
        spoken = re.sub("[_-]", " ", word)
        if kinds:
            words["|".join(kinds)].append(mark_of(wordnet, roots, age_and_sex, kinds, word) + spoken)
        elif senses[0] in worn:
            parts = [part for part, closure in worn_at.items() if senses[0] in closure]
            words["+" + (parts[0] if len(parts) == 1 else "")].append(spoken)
        elif kinds == [] and senses[0] in groups:
            words["&".join(groups[senses[0]])].append(spoken)
        elif kinds == [] and senses[0] in physical:
            words["-"].append(spoken)
    # Of several words together only those matter whose last word alone would say something else.
    known = {word.lstrip("=~") for kind, some in words.items() if kind != "-" for word in some}
    words["-"] = [word for word in words["-"] if " " not in word or word.split(" ")[-1] in known]
    text = "".join(f"{kind}\t{','.join(sorted(set(words[kind])))}\n" for kind in sorted(words))
    target.write_text(text, encoding="utf8")
