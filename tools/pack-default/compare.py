"""Prints the sha256 of each file that was made; exits 1 when one differs from pack.json. usage: compare.py pack.json FOLDER"""

import hashlib
import json
import pathlib
import sys

if __name__ == "__main__":
    manifest, folder = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
    expected = {file["path"]: file["sha256"] for file in manifest["files"]}
    made = sorted(path for path in folder.iterdir() if path.is_file())
    differ = 0
    for path in made:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        same = expected.get(path.name) == digest
        differ += not same
        print("same  " if same else "DIFFER", digest, path.name)
    sys.exit(1 if differ or not made else 0)
