"""Dagster's pages as `footfall ui` serves them: who is answered, who is refused, and how they end."""

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from footfall.core.home import Home
from orchestration.web.guard import Guard

REPOSITORY = Path(__file__).resolve().parents[2]
PUBLIC = "footfall.example.org"
QUERY = '{"query": "{ version }"}'


@dataclass(frozen=True)
class Pages:
    process: subprocess.Popen
    port: int
    home: Path

    def ask(self, request: str, address: str = "127.0.0.1") -> tuple[int, str]:
        """Send the bytes of a request as they are; the status and the whole answer."""
        with socket.create_connection((address, self.port), timeout=20) as connection:
            connection.sendall(request.replace("\n", "\r\n").encode())
            answer = b""
            with contextlib.suppress(TimeoutError):
                while part := connection.recv(65536):
                    answer += part
                    if answer.startswith(b"HTTP/1.1 101"):
                        break
        return int(answer.split(b" ", 2)[1]), answer.decode("utf-8", "replace")

    def get(self, host: str, path: str = "/server_info", more: str = "") -> int:
        return self.ask(f"GET {path} HTTP/1.1\nHost: {host}\n{more}Connection: close\n\n")[0]

    def post(self, host: str, more: str, kind: str = "application/json") -> int:
        body = f"Content-Type: {kind}\nContent-Length: {len(QUERY)}\nConnection: close\n\n{QUERY}"
        return self.ask(f"POST /graphql HTTP/1.1\nHost: {host}\n{more}{body}")[0]

    def query(self, text: str, **variables: object) -> dict:
        """The data of an answer to a GraphQL query."""
        body = json.dumps({"query": text, "variables": variables})
        head = f"POST /graphql HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: {len(body)}\n"
        status, answer = self.ask(f"{head}Connection: close\n\n{body}")
        assert status == 200, answer
        return json.loads(answer.split("\r\n\r\n", 1)[1])["data"]

    def open_socket(self, host: str, origin: str) -> int:
        key = base64.b64encode(os.urandom(16)).decode()
        return self.ask(
            f"GET /graphql HTTP/1.1\nHost: {host}\nOrigin: {origin}\nUpgrade: websocket\nConnection: Upgrade\n"
            f"Sec-WebSocket-Version: 13\nSec-WebSocket-Protocol: graphql-ws\nSec-WebSocket-Key: {key}\n\n"
        )[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def pages(demo_home: Home, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    # Dagster reads parts of such a path as an address or a pattern.
    home = tmp_path_factory.mktemp("ui") / "odd %41 [1] ünï" / "home"
    shutil.copytree(demo_home.root, home, symlinks=True)
    with (home / "footfall.yml").open("a", encoding="utf-8") as settings:
        settings.write(f"ui:\n  allowed_hosts: [{PUBLIC}]\n")
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", "from footfall_cli import main; main()", "ui", "--home", home, "--port", str(port)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "XDG_CACHE_HOME": str(home.parent.parent / "cache")},
        stderr=subprocess.PIPE,
    )
    served = Pages(process, port, home)
    try:
        for _ in range(600):
            assert process.poll() is None, process.stderr.read()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.2)
        yield served
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("host", ["localhost:{}", "127.0.0.1:{}", "[::1]:{}", "LOCALHOST", "127.0.0.1:8080", PUBLIC])
def test_a_request_for_this_machine_or_the_proxy_is_answered(pages: Pages, host: str) -> None:
    assert pages.get(host.format(pages.port)) == 200


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:{}", "127.0.0.1.evil.example", "localhost.evil.example", f"{PUBLIC}.evil.example",
    "evil.example@localhost", "localhost:{}@evil.example", "localhost, evil.example", "127.1", "0.0.0.0:{}", "",
    "localhost:{}/evil", "[::1", "localhost:123456",
])
def test_a_request_for_another_host_is_refused(pages: Pages, host: str) -> None:
    assert pages.get(host.format(pages.port)) == 400


def test_a_request_without_a_host_or_with_two_is_refused(pages: Pages) -> None:
    assert pages.ask("GET /server_info HTTP/1.0\n\n")[0] == 400
    two = "GET /server_info HTTP/1.1\nHost: localhost\nHost: evil.example\nConnection: close\n\n"
    assert pages.ask(two)[0] == 400
    forwarded = "X-Forwarded-Host: localhost\nForwarded: host=localhost\n"
    assert pages.get("evil.example", more=forwarded) == 400


def test_only_a_page_of_this_server_may_send_something(pages: Pages) -> None:
    own = f"localhost:{pages.port}"
    assert pages.post(own, "") == 200  # no browser
    assert pages.post(own, f"Origin: http://{own}\n") == 200
    assert pages.post(PUBLIC, f"Origin: https://{PUBLIC}\n") == 200
    foreign = ("https://evil.example", "null", "http://localhost:8000", f"http://127.0.0.1:{pages.port}", "file:///a")
    for origin in foreign:
        assert pages.post(own, f"Origin: {origin}\n") == 403, origin
        # what a form can send without the browser asking first
        assert pages.post(own, f"Origin: {origin}\n", "text/plain; application/graphql") == 403, origin
    assert pages.post(own, "Sec-Fetch-Site: cross-site\n") == 403


def test_only_a_page_of_this_server_may_open_a_web_socket(pages: Pages) -> None:
    own = f"localhost:{pages.port}"
    assert pages.open_socket(own, f"http://{own}") == 101
    assert pages.open_socket(PUBLIC, f"https://{PUBLIC}") == 101
    assert pages.open_socket(own, "https://evil.example") == 403
    assert pages.open_socket("evil.example", "http://evil.example") == 403


def test_no_query_is_taken_from_an_address_which_a_picture_of_any_page_can_load(pages: Pages) -> None:
    own = f"localhost:{pages.port}"
    assert pages.get(own, "/graphql?query=%7Bversion%7D") == 403
    assert pages.get(own, "/graphql/?QUERY=%7Bversion%7D") == 403
    assert pages.get(own, "/graphql?a=1&%71uery=%7Bversion%7D") == 403
    status, _ = pages.ask(
        f"POST /graphql?query=%7Bversion%7D HTTP/1.1\nHost: {own}\nContent-Length: 0\nConnection: close\n\n"
    )
    assert status == 403


def test_no_other_site_may_show_the_pages_in_a_frame(pages: Pages) -> None:
    _, answer = pages.ask("GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    assert "x-frame-options: deny" in answer.lower()
    assert "cross-origin-resource-policy: same-origin" in answer.lower()


def test_the_web_server_listens_on_127_0_0_1_only_and_reports_nothing_to_anybody(pages: Pages) -> None:
    for address in ("127.0.0.2", "::1", *_own_addresses()):
        with pytest.raises(OSError), socket.create_connection((address, pages.port), timeout=2):
            pass
    instance = yaml.safe_load((pages.home / "dagster" / "dagster.yaml").read_text(encoding="utf-8"))
    assert instance["telemetry"] == {"enabled": False}


def _own_addresses() -> set[str]:
    found = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    return {address for address in found if address not in ("127.0.0.1",)}


_LAUNCH = """mutation($selector: JobOrPipelineSelector!) {
  launchPipelineExecution(executionParams: {selector: $selector, mode: "default", runConfigData: {}}) {
    __typename ... on LaunchRunSuccess {run {runId}}
  }
}"""
_STATE = "query($id: ID!) {runOrError(runId: $id) {... on Run {status tags {key value}}}}"


def test_a_job_that_is_launched_in_a_home_with_an_odd_path_ends_as_the_command_does(pages: Pages) -> None:
    _, page = pages.ask("GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    assert "<!DOCTYPE html>" in page
    (node,) = pages.query(
        "{repositoriesOrError {... on RepositoryConnection {nodes {name location {name}}}}}"
    )["repositoriesOrError"]["nodes"]
    selector = {
        "repositoryName": node["name"], "repositoryLocationName": node["location"]["name"], "pipelineName": "nightly",
    }
    run_id = pages.query(_LAUNCH, selector=selector)["launchPipelineExecution"]["run"]["runId"]
    run: dict = {"status": "QUEUED"}
    for _ in range(600):
        run = pages.query(_STATE, id=run_id)["runOrError"]
        if run["status"] in ("SUCCESS", "FAILURE", "CANCELED"):
            break
        time.sleep(0.2)
    assert run["status"] == "SUCCESS"
    assert {"key": "footfall/outcome", "value": "nothing_new"} in run["tags"]


def test_sigterm_ends_every_part_within_ten_seconds_with_143(pages: Pages) -> None:
    parts = _below(pages.process.pid)
    assert len(parts) >= 4, "code location with the process that loads the code, daemon, web server"
    os.set_blocking(pages.process.stderr.fileno(), False)
    while pages.process.stderr.read():
        """What was printed before."""
    pages.process.send_signal(signal.SIGTERM)
    assert pages.process.wait(10) == 143
    assert pages.process.stderr.read().decode() == "Interrupted.\n"
    assert [part for part in parts if _is_running(part)] == []


def _below(parent: int) -> list[int]:
    """Ids of the processes that a process started, and those that these started."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(entry.read_text().rsplit(") ", 1)[1].split()[1]) == parent:
                found += [int(entry.parent.name), *_below(int(entry.parent.name))]
    return found


def _is_running(process: int) -> bool:
    """Whether a process has not ended; one that nobody has waited for yet has."""
    with contextlib.suppress(OSError):
        return (Path("/proc") / str(process) / "stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    return False


def _scope(path: str = "/", query: bytes = b"", method: str = "POST", **headers: str) -> dict:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "query_string": query, "headers": named}


def test_the_name_of_a_proxy_counts_whatever_host_it_hands_on() -> None:
    guard = Guard(lambda *_: None, ["Footfall.Example.org"])
    assert guard.refusal(_scope(host="127.0.0.1:3000", origin=f"https://{PUBLIC}")) is None
    assert guard.refusal(_scope(host="127.0.0.1:3000", origin=f"https://{PUBLIC}.evil.example")) is not None
    assert Guard(lambda *_: None).refusal(_scope(host=PUBLIC)) is not None
