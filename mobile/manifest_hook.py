"""Names our alarm receiver in the Android manifest: buildozer has no setting for that (kivy/buildozer #1518).

python-for-android calls `after_apk_build` when the manifest is written and before Gradle runs. Not yet run for real.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

RECEIVER = '<receiver android:name="jp.tomoni.phone.Alarms" android:exported="false" />'
_END = "</application>"


class _Dist(Protocol):
    @property
    def dist_dir(self) -> str: ...


class Toolchain(Protocol):
    """What python-for-android hands to a hook."""

    @property
    def _dist(self) -> _Dist: ...


def with_receiver(manifest: str) -> str:
    """The manifest that names the receiver once; `ValueError` for one without an application."""
    if RECEIVER in manifest:
        return manifest
    if manifest.count(_END) != 1:
        raise ValueError("a manifest without one application")
    return manifest.replace(_END, f"    {RECEIVER}\n    {_END}")


def after_apk_build(toolchain: Toolchain) -> None:
    """The hook."""
    path = Path(toolchain._dist.dist_dir) / "src" / "main" / "AndroidManifest.xml"
    path.write_text(with_receiver(path.read_text("utf-8")), "utf-8")
