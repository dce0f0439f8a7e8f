"""Copy what the pages need from node_modules into the git-ignored ``cms/static/vendor``.

The design system ships 17 MB, names font files that do not exist and points at source maps; manifest storage
refuses all of that. What stands after this script is one style sheet, eight fonts, the pictures that the style
sheet names, the icons, and the licences that must go along.

Run after ``npm ci --ignore-scripts``; needs nothing but the standard library.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE / "node_modules" / "dkfds" / "dist"
TARGET = HERE.parent / "static" / "vendor" / "dkfds"

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
FONT_SOURCE = re.compile(r"src:[^;}]*")
WOFF2 = re.compile(r"url\(([^)]*\.woff2)\)")
URL = re.compile(r"url\((?!data:)[\"']?([^)\"']+)[\"']?\)")
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/")


def only_woff2(rule: re.Match[str]) -> str:
    """Return the ``@font-face`` rule with its woff2 file as the only source; one of ``local()`` fonts stays."""
    if "url(" not in rule[0]:
        return rule[0]
    font = WOFF2.search(rule[0])
    if font is None:
        raise SystemExit(f"build.py: a @font-face names no woff2 file: {rule[0][:120]}")
    return FONT_SOURCE.sub(f'src:url({font[1]}) format("woff2")', rule[0])


def copy(relative: str) -> None:
    """Copy one file of the package, keeping its place."""
    source, target = SOURCE / relative, TARGET / relative
    if not source.is_file():
        raise SystemExit(f"build.py: the design system names {relative}, but does not bring it.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def main() -> None:
    """Build ``cms/static/vendor`` from nothing."""
    if not SOURCE.is_dir():
        raise SystemExit("build.py: run `npm ci --ignore-scripts` in cms/assets first.")
    shutil.rmtree(TARGET, ignore_errors=True)
    css = (SOURCE / "css" / "dkfds.min.css").read_text(encoding="utf-8")
    css = SOURCE_MAP.sub("", FONT_FACE.sub(only_woff2, css))
    for name in sorted({url.split("#")[0].split("?")[0] for url in URL.findall(css)}):
        copy(str((Path("css") / name).as_posix()).replace("css/../", "", 1))
    (TARGET / "css").mkdir(parents=True, exist_ok=True)
    (TARGET / "css" / "dkfds.min.css").write_text(css, encoding="utf-8")
    copy("img/all-svg-icons.svg")
    copy("LICENSE.md")
    copy("fonts/IBMPlexSans/complete/woff2/license.txt")
    files = [file for file in TARGET.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    sys.stdout.write(f"cms/static/vendor: {len(files)} files, {size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
