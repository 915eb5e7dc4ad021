# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import base64
import json
import pathlib
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator

import pytest

from lab.vm import channel
from lab.vm.channel import ChannelError

GREETING = {"QMP": {"version": {}, "capabilities": []}}


@pytest.fixture
def listen() -> Iterator[Callable]:
    """A socket of QEMU's: what is sent at first, and the lines that answer a request."""
    # The path of a socket has little room (unix(7)), pytest's own are long.
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listening:
        path = pathlib.Path(directory, "socket")

        def serve(greeting: bytes, answer: Callable[[dict], bytes]) -> None:
            while True:
                try:
                    connection, _peer = listening.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as requests:
                    connection.sendall(greeting)
                    for line in requests:
                        connection.sendall(answer(json.loads(line.lstrip(channel.DELIMITER))))

        def listen(greeting: bytes, answer: Callable[[dict], bytes]) -> pathlib.Path:
            listening.bind(str(path))
            listening.listen()
            threading.Thread(target=serve, args=(greeting, answer), daemon=True).start()
            return path

        yield listen
        listening.shutdown(socket.SHUT_RDWR)


def line(content: dict) -> bytes:
    return json.dumps(content).encode() + b"\n"


def test_an_event_before_the_answer_is_passed_over(listen):
    path = listen(line(GREETING), lambda request: line({"event": "RESET"}) + line({"return": request["execute"]}))
    with channel.monitor(path) as monitor:
        assert monitor.call("query-status") == "query-status"


def test_a_refusal_names_the_command(listen):
    def answer(request: dict) -> bytes:
        refused = request["execute"] == "device_del"
        return line({"error": {"class": "DeviceNotFound", "desc": "no eth1"}} if refused else {"return": {}})

    with channel.monitor(listen(line(GREETING), answer)) as monitor:
        with pytest.raises(ChannelError, match="^device_del: no eth1$"):
            monitor.call("device_del", id="eth1")
        assert monitor.call("cont") == {}


def test_the_agents_answers_to_who_has_left_are_passed_over(listen):
    def answer(request: dict) -> bytes:
        if request["execute"] == "guest-sync-delimited":
            late = b'dings"}\n' + line({"return": 0})
            return late + channel.DELIMITER + line({"return": request["arguments"]["id"]})
        return line({"return": "now"})

    with channel.agent(listen(b"", answer)) as agent:
        assert agent.call("guest-ping") == "now"


def test_an_agent_that_is_silent_is_waited_for_and_then_given_up(listen):
    path = listen(b"", lambda _request: b"")
    with pytest.raises(ChannelError, match="guest-sync-delimited: timed out"):
        with channel.agent(path, timeout=0.1):
            pass


def test_no_socket_is_an_error_that_names_it(tmp_path):
    with pytest.raises(ChannelError, match=f"{tmp_path}/monitor.sock: No such file or directory"):
        with channel.monitor(tmp_path / "monitor.sock"):
            pass


def test_what_a_command_inside_said_and_how_it_ended(listen):
    received = {}

    def answer(request: dict) -> bytes:
        received[request["execute"]] = request["arguments"]
        if request["execute"] == "guest-sync-delimited":
            return channel.DELIMITER + line({"return": request["arguments"]["id"]})
        if request["execute"] == "guest-exec":
            return line({"return": {"pid": 7}})
        ended = {"exited": True, "exitcode": 3, "out-data": base64.b64encode("für".encode()).decode()}
        return line({"return": ended})

    done = channel.run(listen(b"", answer), ("tee", "/etc/hostname"), b"name", timeout=5)
    assert (done.returncode, done.stdout, done.stderr) == (3, "für", "")
    assert received["guest-exec"] == {
        "path": "tee",
        "arg": ["/etc/hostname"],
        "capture-output": True,
        "input-data": base64.b64encode(b"name").decode(),
    }
    assert received["guest-exec-status"] == {"pid": 7}
