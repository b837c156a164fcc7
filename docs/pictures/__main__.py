"""Takes the pictures of the README anew: ``python -m docs.pictures``, or `make pictures`.

Each in a process of its own: the phone's window changes the whole process it is in.
"""

from __future__ import annotations

import subprocess
import sys

PICTURES = ("docs.pictures.doctor", "docs.pictures.phone")


def main() -> int:
    """The number of pictures that could not be taken; each says why by itself."""
    return sum(subprocess.run([sys.executable, "-m", name], check=False).returncode != 0 for name in PICTURES)


if __name__ == "__main__":
    sys.exit(main())
