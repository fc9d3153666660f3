"""deploy/ and docs/deploy.md: commands, options, settings and paths exist and agree."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from footfall.core.settings import Settings
from footfall_cli.commands import app

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("footfall.service", "footfall-ui.service")
STATE, PROGRAM, HOME = "/var/lib/footfall", "/opt/footfall/bin/footfall", "/var/lib/footfall/home"


def _read(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def _unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(_read(f"systemd/{name}"))
    return parser


def _steps(name: str) -> list[tuple[str, str]]:
    lines = re.sub(r"\\\n", " ", _read(name)).splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]


def _require_usable(arguments: list[str]) -> None:
    """A command line of footfall has a command and options that exist."""
    group = typer.main.get_command(app)
    assert arguments and arguments[0] in group.commands, arguments
    context = group.commands[arguments[0]].make_context(arguments[0], arguments[1:], resilient_parsing=False)
    assert context is not None


def _commands_of(text: str) -> list[list[str]]:
    """Command lines of footfall in shell text."""
    found = re.findall(rf"(?:{re.escape(PROGRAM)}|run --rm footfall) ([^|&>#\n`]*)", text)
    return [shlex.split(line) for line in found]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_runs_a_command_that_exists_and_may_write_its_home_only(unit: str) -> None:
    service = _unit(unit)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == PROGRAM
    _require_usable(arguments)
    assert service["StateDirectory"] == Path(STATE).name
    assert f"FOOTFALL_HOME={HOME}" in service["Environment"].split()
    expected = {
        "User": "footfall", "UMask": "0077", "StateDirectoryMode": "0700", "NoNewPrivileges": "yes",
        "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes", "CapabilityBoundingSet": "",
        "RestrictSUIDSGID": "yes", "TimeoutStopSec": "15", "SuccessExitStatus": "143 130",
    }
    assert {name: service.get(name) for name in expected} == expected
    assert not {"ReadWritePaths", "MemoryDenyWriteExecute"} & set(service)


def test_the_timer_makes_up_for_missed_nights_at_the_hour_of_the_settings() -> None:
    timer = _unit("footfall.timer")["Timer"]
    assert timer["Persistent"] == "true"
    schedule = Settings().schedule
    minute, hour = schedule.cron.split()[:2]
    assert timer["OnCalendar"] == f"*-*-* {int(hour):02}:{int(minute):02}:00 {schedule.timezone}"
    assert f"{minute} {hour} * * * " in _read("crontab")


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """Where systemd is not installed, the lines are at least of the form that it reads."""
    assert all(_unit(name).sections() for name in (*UNITS, "footfall.timer"))
    tool = shutil.which("systemd-analyze")
    if tool is None:
        return
    for path in (DEPLOY / "systemd").iterdir():
        text = path.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    paths = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run([tool, "verify", "--man=no", *paths], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_the_lines_for_cron_run_commands_that_exist() -> None:
    text = _read("crontab")
    night, check = _commands_of(text)
    _require_usable(night)
    _require_usable(check)
    assert f"FOOTFALL_HOME={HOME}\n" in text and "umask 077" in text


def test_the_image_installs_hashed_packages_copies_every_package_and_runs_as_nobody_special() -> None:
    steps = _steps("Dockerfile")
    copied = {part for kind, rest in steps if kind == "COPY" for part in rest.split()[:-1] if "--from" not in part}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "deploy"}
    assert packages | {"dbt_project", "requirements.lock", "pyproject.toml", "LICENSE"} <= copied
    assert [part for part in copied if not part.startswith("/") and not (ROOT / part).exists()] == []
    kept = {line[1:] for line in _read("Dockerfile.dockerignore").splitlines() if line.startswith("!")}
    assert {part for part in copied if not part.startswith("/")} == kept
    kinds = [kind for kind, _ in steps]
    assert kinds.index("USER") < kinds.index("ENTRYPOINT")
    last = dict(steps)
    assert (last["USER"], last["VOLUME"], last["STOPSIGNAL"]) == ("footfall", STATE, "SIGTERM")
    assert all(rest.startswith("python:3.11-slim") for kind, rest in steps if kind == "FROM")
    assert f"FOOTFALL_HOME={HOME}" in last["ENV"] and "DAGSTER_DISABLE_TELEMETRY=1" in last["ENV"]
    assert yaml.safe_load(last["ENTRYPOINT"]) == ["footfall"]
    _require_usable(yaml.safe_load(last["CMD"]))


def test_the_containers_run_commands_that_exist_on_loopback_and_without_privileges() -> None:
    services = yaml.safe_load(_read("compose.yml"))["services"]
    own, proxy = services["footfall"], services["proxy"]
    _require_usable(own["command"])
    assert (own["read_only"], own["cap_drop"], own["init"]) == (True, ["ALL"], True)
    assert own["security_opt"] == ["no-new-privileges:true"]
    assert own["volumes"] == [f"home:{STATE}"] and own["stop_grace_period"] == "15s"
    assert proxy["network_mode"] == "service:footfall" and "ports" not in proxy
    port = own["command"][own["command"].index("--port") + 1]
    assert [one for one in own["ports"] if one.endswith(f":{port}")] == [], "the port without a login is not published"
    assert own["ports"] == ["443:8443"]
    assert f"http://127.0.0.1:{port}/server_info" in own["healthcheck"]["test"][-1]
    for volume in proxy["volumes"][:1]:
        assert (DEPLOY / volume.split(":")[0]).is_file()
    built = own["build"]
    assert (DEPLOY / built["context"] / built["dockerfile"]).is_file()
    for name in own["environment"]:
        section, _, key = name.removeprefix("FOOTFALL_").lower().partition("__")
        assert key in type(getattr(Settings(), section)).model_fields, name


def test_the_settings_of_the_containers_are_read_as_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    given = yaml.safe_load(_read("compose.yml"))["services"]["footfall"]["environment"]
    for name, value in given.items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", value))
    settings = Settings()
    assert settings.ui.allowed_hosts == ("footfall.example.org",)
    assert settings.schedule.enabled is True


def test_the_proxies_hand_on_what_the_guard_looks_at_and_ask_for_a_login() -> None:
    nginx, caddy = _read("proxy/nginx.conf"), _read("proxy/Caddyfile")
    assert nginx.count("{") == nginx.count("}") and caddy.count("{") == caddy.count("}")
    lines = {line.strip().rstrip(";") for line in nginx.splitlines()}
    assert {
        "proxy_pass http://127.0.0.1:3000", "proxy_set_header Host $host", "proxy_set_header Upgrade $http_upgrade",
        'proxy_set_header Authorization ""', "ssl_reject_handshake on", "listen 8443 ssl",
    } <= lines
    assert "auth_basic_user_file" in nginx and "basic_auth" in caddy
    assert "reverse_proxy 127.0.0.1:3000" in caddy
    assert "footfall.example.org {" in caddy and "server_name footfall.example.org" in lines


def _page() -> str:
    return (ROOT / "docs/deploy.md").read_text(encoding="utf-8")


def test_the_page_names_files_commands_and_variables_that_exist() -> None:
    page = _page()
    files = set(re.findall(r"\bdeploy/[\w./-]+\w", page))
    assert len(files) >= 8
    assert [file for file in files if not (ROOT / file).exists()] == []
    commands = _commands_of(page)
    assert len(commands) >= 3
    for command in commands:
        _require_usable(command)
    for name in set(re.findall(r"\bFOOTFALL_(\w+__\w+)\b", page)):
        value: object = Settings()
        for part in name.lower().split("__"):
            assert hasattr(value, part), name
            value = getattr(value, part)
    assert f"--home {HOME}" in page and f"`{STATE}`" in page
