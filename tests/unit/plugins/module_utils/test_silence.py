# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The longest time without an answer, in a list of times and of a real port."""

from __future__ import annotations

import socket

import pytest

from ansible_collections.xeni.aws.plugins.module_utils._silence import INTERVAL, Silence, ask, longest_silence


@pytest.mark.parametrize("answers, silence", [
    ([1, 2, 7, 8], Silence(2, 7, True, True)),
    ([6, 7, 8], Silence(0, 6, False, True)),
    ([1, 2, 3], Silence(3, 10, True, False)),
    ([], Silence(0, 10, False, False)),
])
def test_the_longest_time_between_answers_or_to_an_end_of_the_asking(answers, silence):
    assert longest_silence(0, answers, 10) == silence


def test_a_port_is_asked_while_it_answers_while_it_refuses_and_again():
    """Listening, closed, listening: it tells the time in the middle."""
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        address = first.getsockname()
        turns, second = iter(range(18)), socket.socket()
        second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def goes_on() -> bool:
            turn = next(turns, None)
            if turn == 4:
                first.close()
            if turn == 12:
                second.bind(address)
                second.listen(100)
            return turn is not None

        with second:
            began, answers, ended = ask(address, goes_on)
    silence = longest_silence(began, answers, ended)
    assert silence.known_start and silence.known_end
    assert silence.seconds > 5 * INTERVAL
    assert len(answers) > 6
