# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Client tokens: the same for the same request, another where AWS refuses it or answers with what is gone."""

from __future__ import annotations

from botocore.exceptions import ClientError

from ansible_collections.xeni.aws.plugins.module_utils._cloud import creations
from ansible_collections.xeni.aws.plugins.module_utils._cloud.creations import Creations
from ansible_collections.xeni.aws.plugins.module_utils._reconcile.calls import Call

CALL = Call("api:create", "api", "create_thing", {"Size": 1})


class Cloud:
    """Answers with an id for each token; refuses as many requests as it is told."""

    def __init__(self, refuses=0):
        self.tokens = []
        self.refuses = refuses

    def send(self, call, parameters):
        self.tokens.append(parameters["ClientToken"])
        if len(self.tokens) <= self.refuses:
            raise ClientError({"Error": {"Code": "IdempotentParameterMismatch"}}, "CreateThing")
        return {"ThingId": self.tokens.index(parameters["ClientToken"])}


def tokens(*requests, call=CALL):
    cloud = Cloud()
    for request in requests:
        Creations(cloud.send).create(call, request)
    return cloud.tokens


def test_the_same_request_has_the_same_token_in_every_run():
    first, second = tokens({"Size": 1}, {"Size": 1})
    assert first == second and first.isascii() and len(first) <= 64


def test_another_request_or_subject_has_another_token():
    assert len({*tokens({"Size": 1}, {"Size": 2}), *tokens({"Size": 1}, call=Call("web:create", "web", "create_thing"))}) == 3


def test_a_refused_token_is_replaced():
    cloud = Cloud(refuses=2)
    Creations(cloud.send).create(CALL, {"Size": 1})
    assert len(set(cloud.tokens)) == 3


def test_what_stays_out_of_sight_is_asked_for_anew_once(monkeypatch):
    cloud = Cloud()
    made = Creations(cloud.send)
    reply = made.create(CALL, {"Size": 1})
    made.missed(CALL, reply)
    assert len(cloud.tokens) == 1
    monkeypatch.setattr(creations, "ECHO_AFTER", 0)
    made.missed(CALL, reply)
    made.missed(CALL, reply)
    assert reply == {"ThingId": 1} and len(set(cloud.tokens)) == 2
