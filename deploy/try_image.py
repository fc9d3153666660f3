"""Executes the steps of deploy/Dockerfile in an empty root folder, where there is no Docker: `make image` (as root).

The root has a Python, a shell, the system's libraries and nothing else: no git, no compiler, no fonts, no time zones.
Then the entry point makes a home and runs a night as the image's user, with everything but the volume read-only.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from deploy.locked import ROOT

#: Programs of the base image that the steps use.
_PROGRAMS = ("sh", "install", "groupadd", "useradd", "chown", "id", "env", "nologin")
_FILES = ("etc/resolv.conf", "etc/hosts", "etc/nsswitch.conf", "etc/ld.so.cache", "etc/pip.conf", "etc/login.defs",
          "etc/ssl/certs/ca-certificates.crt")
#: What the image's user does.
_NIGHT = (
    ("init",), ("sample", "--workspaces", "1", "--participants", "20", "--days", "2"), (), ("status",), ("doctor",),
)


@dataclass
class Image:
    """What the steps say so far of one stage."""

    root: Path
    folder: str = "/"
    user: str = "root"
    variables: dict[str, str] = field(default_factory=dict)
    entry: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


def steps(text: str) -> list[tuple[str, str]]:
    """Instruction and argument of each step."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    pairs = (line.split(None, 1) for line in lines if line and not line.startswith("#"))
    return [(kind, rest) for kind, rest in pairs]


def build(root: Path, text: str) -> Image:
    """Execute all steps; ``root`` gets a folder for each stage."""
    stages: dict[str, Image] = {}
    image = Image(root / "none")
    for kind, rest in steps(text):
        print(f"{kind} {rest}", flush=True)
        if kind == "FROM":
            name = rest.split(" AS ")[1] if " AS " in rest else "last"
            image = stages[name] = Image(base(root / name))
        elif kind == "RUN":
            inside(image, ["sh", "-c", rest])
        elif kind == "COPY":
            copy(image, rest, stages)
        elif kind == "ENV":
            for pair in shlex.split(rest):
                name, value = pair.split("=", 1)
                image.variables[name] = value.replace("$PATH", _path())
        elif kind == "WORKDIR":
            image.folder = rest
            (image.root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif kind == "USER":
            image.user = rest
        elif kind == "ENTRYPOINT":
            image.entry = tuple(ast.literal_eval(rest))
        elif kind == "CMD":
            image.command = tuple(ast.literal_eval(rest))
    return image


def base(root: Path) -> Path:
    """An empty root with a Python and a shell."""
    for name in ("usr/bin", "etc", "tmp", "proc", "dev", "usr/lib", "lib64", sys.base_prefix.lstrip("/")):
        (root / name).mkdir(parents=True)
    (root / "tmp").chmod(0o1777)
    (root / "lib").symlink_to("usr/lib")
    (root / "bin").symlink_to("usr/bin")
    for name in _PROGRAMS:
        if found := shutil.which(name):
            shutil.copy(found, root / "usr/bin" / name)
    for name in _FILES:
        if Path("/", name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path("/", name), root / name)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    return root


def copy(image: Image, rest: str, stages: dict[str, Image]) -> None:
    """COPY from the repository, or from another stage."""
    *sources, target = rest.split()
    source_root = stages[sources.pop(0).removeprefix("--from=")].root if sources[0].startswith("--from=") else ROOT
    goal = image.root / (Path(image.folder) / target).as_posix().lstrip("/")
    for name in sources:
        source = source_root / name.lstrip("/")
        if source.is_dir():
            shutil.copytree(source, goal, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
        else:
            shutil.copy(source, goal / source.name if target.endswith("/") else goal)


def inside(image: Image, command: list[str], *, is_read_only: bool = False) -> None:
    """Run a command in the root as the image's user, with mounts that vanish with it."""
    root = shlex.quote(str(image.root))
    mounts = [
        f"mount --bind -o ro {source} {root}{source}"
        for source in ("/usr/lib", "/lib64", sys.base_prefix) if Path(source).exists()
    ]
    mounts += [
        f"mount -t proc proc {root}/proc", f"mount --bind /dev {root}/dev",
        # as Docker gives it: locks between processes need it
        f"mount -t tmpfs -o mode=1777 tmpfs {root}/dev/shm",
    ]
    if is_read_only:
        mounts = [
            f"mount --bind {root} {root}", f"mount --bind {root}/var/lib/footfall {root}/var/lib/footfall",
            f"mount -o remount,bind,ro {root}", *mounts, f"mount -t tmpfs -o mode=1777 tmpfs {root}/tmp",
        ]
    variables = {"PATH": _path(), "HOME": "/root" if image.user == "root" else "/var/lib/footfall", **image.variables}
    variables |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_CERT_F"))}
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
    user = "" if image.user == "root" else "--userspec=10001:10001"
    script = "\n".join((
        "set -e", *mounts,
        f"exec env -i {given} {shutil.which('chroot')} {user} {root} /bin/sh -c "
        + shlex.quote(f"cd {image.folder}; exec {shlex.join(command)}"),
    ))
    subprocess.run(["unshare", "--mount", "--fork", "--pid", "sh", "-c", script], check=True)


def _path() -> str:
    return f"{sys.base_prefix}/bin:/usr/bin:/bin"


def main() -> None:
    """Build, then run a night; raises CalledProcessError where a step fails."""
    if os.geteuid() != 0:
        sys.exit("Only root can make a root folder: run it with sudo.")
    above = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(prefix="footfall-image-", dir=above) as folder:
        image = build(Path(folder), (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8"))
        for arguments in _NIGHT:
            command = [*image.entry, *(arguments or image.command)]
            print("$ " + shlex.join(command), flush=True)
            inside(image, command, is_read_only=True)


if __name__ == "__main__":
    main()
