from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from mobile.manifest_hook import RECEIVER, after_apk_build, with_receiver

MANIFEST = '<manifest>\n    <application android:label="Tomoni">\n    </application>\n</manifest>\n'
ROOT = Path(__file__).parents[2]


@dataclass
class Dist:
    dist_dir: str


@dataclass
class Built:
    """What python-for-android hands over, as far as the hook looks."""

    _dist: Dist


def test_the_receiver_of_the_alarms_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "src" / "main" / "AndroidManifest.xml"
    path.parent.mkdir(parents=True)
    path.write_text(MANIFEST, "utf-8")
    for _ in range(2):
        after_apk_build(Built(Dist(str(tmp_path))))
    written = path.read_text("utf-8")
    assert written.count(RECEIVER) == 1
    assert written.index(RECEIVER) < written.index("</application>")


def test_a_manifest_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="application"):
        with_receiver("<manifest/>")


def test_the_receiver_is_a_class_of_ours() -> None:
    java = (ROOT / "mobile" / "java" / "jp" / "tomoni" / "phone" / "Alarms.java").read_text("utf-8")
    assert "class Alarms extends BroadcastReceiver" in java
    assert "p4a.hook = mobile/manifest_hook.py" in (ROOT / "mobile" / "buildozer.spec").read_text("utf-8")
