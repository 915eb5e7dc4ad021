# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading

import pytest

from lab import netns


def interfaces() -> list[str]:
    return [name for _index, name in socket.if_nameindex()]


def current() -> str:
    return os.readlink("/proc/thread-self/ns/net")


def test_inside_changes_the_calling_thread_only_and_comes_back(namespace):
    home = current()
    elsewhere = []
    with netns.inside(namespace):
        assert interfaces() == ["lo"]
        assert os.readlink("/proc/self/ns/net") == current() != home
    with pytest.raises(ZeroDivisionError), netns.inside(namespace):
        raise ZeroDivisionError
    thread = threading.Thread(target=lambda: elsewhere.append(current()))
    thread.start()
    thread.join()
    assert current() == home == elsewhere[0]


def test_a_socket_stays_in_its_namespace(namespace):
    with netns.socket_in(namespace, socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(listening.getsockname(), timeout=5)
        with netns.inside(namespace):
            socket.create_connection(listening.getsockname(), timeout=5).close()


def test_delete_kills_what_runs_inside(new_namespace):
    namespace = new_namespace()
    command = netns.command(namespace, ["sh", "-c", "echo inside; exec sleep 1000"])
    with subprocess.Popen(command, stdout=subprocess.PIPE) as sleeper:
        assert sleeper.stdout.readline() == b"inside\n"
        netns.delete(namespace)
        assert sleeper.wait(5) == -signal.SIGKILL
    assert netns.names(namespace) == []
    netns.delete(namespace)  # there is nothing to delete, and nothing to complain of


def test_names_are_those_of_the_prefix(new_namespace):
    first, second = new_namespace(), new_namespace()
    assert netns.names(first[:-1]) == [first, second]


def test_an_unknown_namespace_is_named():
    with pytest.raises(netns.NamespaceError, match="network namespace no-such-place does not exist"):
        with netns.inside("no-such-place"):
            pass


def test_a_namespace_that_exists_is_not_made_again(namespace):
    with pytest.raises(netns.NamespaceError, match=f"{namespace}.*File exists"):
        netns.create(namespace)
