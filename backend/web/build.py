"""Other people's files that the pages and the phone show: chart library, fonts, icons; fetched and cut at set-up.

Run as ``python -m backend.web.build``. Nothing made here is committed; everything follows from package-lock.json,
whose hashes npm checks. A second run with the same inputs does nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from backend.web import catalogues, glyphs

HERE = Path(__file__).resolve().parent
HOUSE = HERE.parent.parent
VENDOR = HERE / "static" / "vendor"
PHONE_FONTS = HOUSE / "mobile" / "fonts"
CACHE = HOUSE / "var" / "cache"
WORKSHOP = CACHE / "assets"  # where npm unpacks; 134 MB, swept away afterwards
STAMP = CACHE / "assets.stamp"
AXE = CACHE / "axe.min.js"  # for the tests only

INPUTS = (HERE / "package.json", HERE / "package-lock.json", HERE / "glyphs.py", HERE / "build.py")
COPIES = {
    "uplot/dist/uPlot.iife.min.js": VENDOR / "uPlot.iife.min.js",
    "uplot/dist/uPlot.min.css": VENDOR / "uPlot.min.css",
    "uplot/LICENSE": VENDOR / "LICENSE-uPlot.txt",
    "@expo-google-fonts/noto-sans-jp/LICENSE_FONT": VENDOR / "LICENSE-NotoSansJP.txt",
    "@mdi/font/LICENSE": VENDOR / "LICENSE-MaterialDesignIcons.txt",
    "axe-core/axe.min.js": AXE,
}
_REGULAR = "@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf"
_BOLD = "@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf"
_ICON_FONT = "@mdi/font/fonts/materialdesignicons-webfont.ttf"
_ICON_NAMES = "@mdi/font/scss/_variables.scss"
# What horizontal text needs; the other features would draw in thousands of variant glyphs.
LAYOUT_FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]
ICON_TABLE = PHONE_FONTS / "icons.json"


class AssetsFailed(Exception):
    """The assets could not be made; the text is one sentence for the person at the terminal."""


@dataclass(frozen=True)
class Cut:
    """One font cut to size: the whole font, what it becomes, and the code points that stay."""

    source: str
    target: Path
    points: frozenset[int]


def build(say: Callable[[str], None] = print) -> bool:
    """Make what is missing or stale. True when something was made; raises AssetsFailed with one sentence."""
    made = catalogues.compile_all(HOUSE / "shared" / "languages")
    if _is_current():
        return bool(made)
    say("Fetching the chart library and the fonts, and cutting the fonts to size (half a minute, once) ...")
    _fetch()
    modules = WORKSHOP / "node_modules"
    for source, target in COPIES.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, target)
    icons = _icon_points((modules / _ICON_NAMES).read_text("utf-8"))
    _cut_fonts(modules, icons)
    ICON_TABLE.write_text(json.dumps(icons, indent=0, sort_keys=True) + "\n", "utf-8")
    STAMP.write_text(_inputs_hash(), "utf-8")
    shutil.rmtree(WORKSHOP)
    return True


def outputs() -> list[Path]:
    """Every file that a finished build leaves behind, the compiled language files aside."""
    return [*COPIES.values(), ICON_TABLE, *(cut.target for cut in _cuts({}))]


def _is_current() -> bool:
    if not STAMP.exists() or STAMP.read_text("utf-8") != _inputs_hash():
        return False
    return all(path.exists() for path in outputs())


def _inputs_hash() -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in INPUTS)).hexdigest()


def _fetch() -> None:
    """Let npm fetch exactly what the lock names, in a workshop of its own, without running any package's scripts."""
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    WORKSHOP.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(HERE / name, WORKSHOP / name)
    npm = Path(sys.executable).parent / "npm"
    settings = {"cache": str(CACHE / "npm"), "loglevel": "error", "fetch_retry_mintimeout": "1000"}
    environment = os.environ | {f"npm_config_{name}": value for name, value in settings.items()}
    environment.setdefault(
        "NODE_USE_SYSTEM_CA", "1"
    )  # a clinic's network may have a certificate authority of its own
    # Beside npm lies the node of the same wheel; a machine's own older node must not be found first.
    environment["PATH"] = f"{npm.parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    asked = subprocess.run(
        [npm, "ci", "--prefer-offline"],
        cwd=WORKSHOP,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise AssetsFailed(_why_npm_failed(asked.stderr))


def _why_npm_failed(said: str) -> str:
    if "EINTEGRITY" in said:
        return "A web asset does not match its hash in backend/web/package-lock.json: not installed."
    if re.search(r"CERT|certificate", said):
        return "The npm registry's certificate is not trusted: name its authority with NODE_EXTRA_CA_CERTS=/path.pem."
    if re.search(r"ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET|network", said):
        return "The npm registry cannot be reached: check the network, or `npm config set registry`, and try again."
    if re.search(r"ENOSPC|EROFS|EDQUOT|EACCES", said):
        return f"Cannot write to {CACHE}: the disk is full or read-only."
    last_lines = " ".join(said.split()[-60:])
    return f"npm could not fetch the web assets: {last_lines}"


def _icon_points(scss: str) -> dict[str, int]:
    """Name to code point for our icons, read from the lines ``"home": F02DC,`` of the icon font's own table."""
    table = {name: int(point, 16) for name, point in re.findall(r'"([a-z0-9-]+)": ([0-9A-F]+)', scss)}
    missing = [name for name in glyphs.ICONS if name not in table]
    if missing:
        raise AssetsFailed(f"The icon font has no {', '.join(missing)}: see ICONS in backend/web/glyphs.py.")
    return {name: table[name] for name in glyphs.ICONS}


def _cuts(icons: dict[str, int]) -> list[Cut]:
    text = glyphs.text_characters()
    return [
        Cut(_REGULAR, VENDOR / "NotoSansJP-400.woff2", text),
        Cut(_BOLD, VENDOR / "NotoSansJP-700.woff2", text),
        Cut(_REGULAR, PHONE_FONTS / "NotoSansJP-Regular.ttf", text),
        Cut(_BOLD, PHONE_FONTS / "NotoSansJP-Bold.ttf", text),
        Cut(_ICON_FONT, PHONE_FONTS / "icons.ttf", frozenset(icons.values())),
    ]


def _cut_fonts(modules: Path, icons: dict[str, int]) -> None:
    PHONE_FONTS.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(max_workers=os.cpu_count() or 1) as workers:
        # woff2 is slow (brotli at its strongest): both are begun first, on a core each.
        list(workers.map(_cut, [modules] * 5, _cuts(icons)))


def _cut(modules: Path, cut: Cut) -> None:
    from fontTools import subset

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it remarks on dates inside the icon font
    options = subset.Options(hinting=False, flavor="woff2" if cut.target.suffix == ".woff2" else None)
    options.layout_features = LAYOUT_FEATURES
    font = subset.load_font(str(modules / cut.source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=cut.points)
    cutter.subset(font)
    half_made = cut.target.with_suffix(".part")
    subset.save_font(font, str(half_made), options)
    half_made.replace(cut.target)


def main() -> int:
    """Build, and say what went wrong in one sentence; 0 when everything is there."""
    try:
        build(lambda text: print(f"tomoni: {text}", flush=True))
    except AssetsFailed as failure:
        print(f"tomoni: {failure}", file=sys.stderr)
    except OSError as failure:
        print(f"tomoni: cannot write the web assets ({failure}).", file=sys.stderr)
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
