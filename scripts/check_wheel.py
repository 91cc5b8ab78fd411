"""
Build the wheel and use it as a stranger would.

The wheel goes into an empty environment in a temporary folder.  There, outside the
repository, the first example of the README has to run with warnings as errors, and
nothing may have come along that only tests or developers need.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
import zipfile
from pathlib import Path


REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "src" / "loyaltycore"
CACHES = {"__pycache__", ".mypy_cache", ".ruff_cache"}
GROUPS_NOT_FOR_USERS = ("test", "extras", "frames", "lint", "bench", "bench-rfm")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end; its output is the explanation where it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        shown = " ".join(str(part) for part in command[:6])
        sys.exit(f"{shown} ... failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def first_example() -> str:
    """Cut the first Python block out of the README."""
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    block = re.search(r"^```python\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    if block is None:
        sys.exit("README.md has no Python example.")
    return block[1]


def plain(name: str) -> str:
    """Spell the name of a distribution as an index does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def not_for_users() -> set[str]:
    """Name what the dependency groups ask for."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    return {
        plain(re.split(r"[\[<>=!~ ;]", requirement, maxsplit=1)[0])
        for group in GROUPS_NOT_FOR_USERS
        for requirement in project["dependency-groups"][group]
        if isinstance(requirement, str)
    }


def check_contents(wheel: Path) -> None:
    """Every file of the package is in the wheel, and no file of anything else."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        notices = [name for name in archive.namelist() if name.endswith("/LICENSE")]
    expected = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and not any(part in CACHES for part in path.parts)
    }
    if missing := sorted(expected - inside):
        sys.exit(f"The wheel lacks {', '.join(missing)}.")
    if stray := sorted(inside - expected):
        sys.exit(f"The wheel has {', '.join(stray)}, which nobody declared.")
    if not notices:
        sys.exit("The wheel lacks the licence.")


def main() -> None:
    """Build, look inside, install, run."""
    with tempfile.TemporaryDirectory(prefix="loyaltycore-wheel-") as folder:
        workshop = Path(folder)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
        run(*pip, "wheel", "--no-deps", "-w", workshop, REPOSITORY, cwd=workshop)
        (wheel,) = workshop.glob("loyaltycore-*.whl")
        check_contents(wheel)
        print(f"built {wheel.name}: {wheel.stat().st_size // 1024} KiB")

        home = workshop / "environment"
        venv.create(home, with_pip=False)
        python = next(
            path
            for path in (home / "bin" / "python", home / "Scripts" / "python.exe")
            if path.exists()
        )
        run(*pip, "--python", python, "install", wheel, cwd=workshop)
        listed = run(*pip, "--python", python, "list", "--format=json", cwd=workshop)
        installed = {plain(found["name"]) for found in json.loads(listed)}
        if strays := sorted(installed & not_for_users()):
            sys.exit(f"A user's environment has {', '.join(strays)}.")
        print(f"installed with {', '.join(sorted(installed - {'loyaltycore'}))}")

        elsewhere = workshop / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "example.py").write_text(first_example(), "utf-8")
        run(python, "-I", "-W", "error", "example.py", cwd=elsewhere)
        print("wheel: ok, the first example of the README ran on it")


if __name__ == "__main__":
    main()
