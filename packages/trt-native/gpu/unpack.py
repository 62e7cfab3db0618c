"""On the GPU host: joins the parts of the archives in PARTS and unpacks them into APP.   unpack.py PARTS APP [NAME...]

NAME: trt, node, app; all of them when absent. Python's own lzma is enough: such a host has neither zstd nor xz.
"""

import glob
import io
import os
import sys
import tarfile
import zipfile

parts, app, *names = sys.argv[1:]


class Joined(io.RawIOBase):
    """The parts read as one stream."""

    def __init__(self, files):
        self.files = [open(file, "rb") for file in sorted(files)]

    def readable(self):
        return True

    def readinto(self, buffer):
        while self.files:
            count = self.files[0].readinto(buffer)
            if count:
                return count
            self.files.pop(0).close()
        return 0


for name in names or ["trt", "node", "app"]:
    files = glob.glob(os.path.join(parts, f"{name}.part*"))
    if not files:
        sys.exit(f"there are no parts of {name} in {parts}")
    with tarfile.open(fileobj=io.BufferedReader(Joined(files), 1 << 20), mode="r|xz") as archive:
        archive.extractall(app, filter="fully_trusted")
    print("unpacked", name, "from", len(files), "parts", flush=True)
for wheel in glob.glob(os.path.join(app, "tensorrt", "*.whl")):
    zipfile.ZipFile(wheel).extractall(os.path.join(app, "tensorrt", "py"))
