# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Record sets: a batch of changes is carried out whole, or refused with all that is wrong with it.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.route53.exceptions import InvalidInput, Route53ClientError

from . import alias_targets, values
from .names import canonical, reversed_labels
from .pages import cut

#: Name, type and set identifier: "" of a simple record set.
Key = tuple[str, str, str]

#: "A request cannot contain more than 1,000 ResourceRecord elements", those of an UPSERT counted twice.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests
MOST_VALUES = 1000


class InvalidChange(Exception):
    """One of the messages of an InvalidChangeBatch."""


def first_records(zone_name: str, name_servers: list[str]) -> dict[Key, dict[str, Any]]:
    """The NS and SOA record sets that a zone has from the beginning, and keeps."""
    servers = [f"{server}." for server in name_servers]
    start_of_authority = f"{servers[0] if servers else ''} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    sets = [
        {"Name": zone_name, "Type": "NS", "TTL": 172800, "ResourceRecords": [{"Value": each} for each in servers]},
        {"Name": zone_name, "Type": "SOA", "TTL": 900, "ResourceRecords": [{"Value": start_of_authority}]},
    ]
    return {key_of(each): each for each in sets}


def key_of(record_set: dict[str, Any]) -> Key:
    return record_set["Name"], record_set["Type"], record_set.get("SetIdentifier", "")


def described(key: Key) -> str:
    name, kind, identifier = key
    suffix = f", set-identifier='{identifier}'" if identifier else ""
    return f"[name='{name}', type='{kind}'{suffix}]"


class Records:
    """Backend; a zone's ``records`` are botocore's ResourceRecordSets by key."""

    def change_resource_record_sets(self, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        zone = self.get_hosted_zone(zoneid)
        _check_form(change_list)
        records, messages = dict(zone.records), []
        for change in change_list:
            record_set = change["ResourceRecordSet"]
            record_set = record_set | {"Name": canonical(record_set["Name"])}
            if health_check_id := record_set.get("HealthCheckId"):
                self.get_health_check(health_check_id)
            try:
                _CHANGES[change["Action"]](zone, records, record_set)
            except InvalidChange as invalid:
                messages.append(str(invalid))
        if messages:
            raise Route53ClientError("InvalidChangeBatch", f"[{', '.join(messages)}]")
        zone.records = records


def _check_form(changes: list[dict[str, Any]]) -> None:
    """Raise InvalidInput if a change is none, InvalidChangeBatch if they are too many."""
    count = 0
    for change in changes:
        action, record_set = change["Action"], change["ResourceRecordSet"]
        if action not in _CHANGES:
            raise InvalidInput(f"Value '{action}' is not one of {', '.join(sorted(_CHANGES))}.")
        given = record_set.get("ResourceRecords", [])
        count += len(given) * (2 if action == "UPSERT" else 1)
        forms = [
            "AliasTarget" in record_set,
            "TTL" in record_set and bool(given),
            "TrafficPolicyInstanceId" in record_set,
        ]
        if sum(forms) != 1 or ("AliasTarget" in record_set and ("TTL" in record_set or given)):
            found = "more than one" if sum(forms) else "none"
            raise InvalidInput(
                "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or "
                f"TrafficPolicyInstanceId], but found {found} in Change with [Action={action}, "
                f"Name={record_set['Name']}, Type={record_set['Type']}, "
                f"SetIdentifier={record_set.get('SetIdentifier', 'null')}]"
            )
    if count > MOST_VALUES:
        raise Route53ClientError("InvalidChangeBatch", f"Number of records limit of {MOST_VALUES} exceeded.")


Held = dict[Key, dict[str, Any]]


def _create(zone: Any, records: Held, record_set: dict[str, Any]) -> None:
    if key_of(record_set) in records:
        raise InvalidChange(
            f"Tried to create resource record set {described(key_of(record_set))} but it already exists"
        )
    _upsert(zone, records, record_set)


def _upsert(zone: Any, records: Held, record_set: dict[str, Any]) -> None:
    name, kind, _identifier = key_of(record_set)
    if name != zone.name and not name.endswith(f".{zone.name}"):
        raise InvalidChange(f"RRSet with DNS name {name} is not permitted in zone {zone.name}")
    _check_alone(zone.name, records, name, kind)
    if "AliasTarget" in record_set:
        problem = alias_targets.problem_of(record_set, zone.resource_id, {key[:2] for key in records})
    else:
        problem = values.problem_of(kind, [each["Value"] for each in record_set.get("ResourceRecords", [])])
    if problem:
        raise InvalidChange(problem)
    records[key_of(record_set)] = record_set


def _check_alone(zone_name: str, records: Held, name: str, kind: str) -> None:
    """A CNAME is the only record set of its name, and never at the apex."""
    others = {other for held, other, _identifier in records if held == name} - {kind}
    if kind == "CNAME" and name == zone_name:
        raise InvalidChange(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone_name}")
    if kind == "CNAME" and others:
        raise InvalidChange(
            f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with the "
            f"same DNS name in zone {zone_name}"
        )
    if "CNAME" in others:
        raise InvalidChange(
            f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME "
            f"with the same DNS name already exists in zone {zone_name}"
        )


def _delete(zone: Any, records: Held, record_set: dict[str, Any]) -> None:
    """All the same values have to be given as the record set has."""
    key = key_of(record_set)
    held = records.get(key)
    if held is None:
        raise InvalidChange(f"Tried to delete resource record set {described(key)} but it was not found")
    if _comparable(held) != _comparable(record_set):
        raise InvalidChange(
            f"Tried to delete resource record set {described(key)} but the values provided do not match the current "
            "values"
        )
    if key in first_records(zone.name, []):
        quantity = "at least one NS record" if key[1] == "NS" else "exactly one SOA record"
        raise InvalidChange(f"A HostedZone must contain {quantity} for the zone itself.")
    del records[key]


def _comparable(record_set: dict[str, Any]) -> dict[str, Any]:
    """Values have no order, and a name may lack its last dot."""
    comparable = dict(record_set)
    if "ResourceRecords" in comparable:
        comparable["ResourceRecords"] = sorted(each["Value"] for each in comparable["ResourceRecords"])
    if "AliasTarget" in comparable:
        target = comparable["AliasTarget"]
        comparable["AliasTarget"] = target | {"DNSName": canonical(target["DNSName"])}
    return comparable


_CHANGES: dict[str, Callable[[Any, Held, dict[str, Any]], None]] = {
    "CREATE": _create,
    "UPSERT": _upsert,
    "DELETE": _delete,
}


class RecordHandlers:
    """Responses."""

    def change_resource_record_sets(self) -> ActionResult:
        batch = self.params["ChangeBatch"]
        self.backend.change_resource_record_sets(self.params["HostedZoneId"], batch["Changes"])
        return ActionResult({"ChangeInfo": self.backend.submit_change(batch.get("Comment"))})

    def list_resource_record_sets(self) -> ActionResult:
        """In the order of their names with the labels reversed, then of types and identifiers."""
        zone = self.backend.get_hosted_zone(self.params["HostedZoneId"])
        name, kind = self.params.get("StartRecordName"), self.params.get("StartRecordType")
        if kind and not name:
            raise InvalidInput("The input is not valid: StartRecordType needs StartRecordName.")

        def place(record_set: dict[str, Any]) -> tuple[str, str, str]:
            held, *rest = key_of(record_set)
            return reversed_labels(held), *rest

        record_sets = sorted(zone.records.values(), key=place)
        if name:
            first = reversed_labels(canonical(name)), kind or "", self.params.get("StartRecordIdentifier", "")
            record_sets = [each for each in record_sets if place(each) >= first]
        page, following = cut(record_sets, self.params.get("MaxItems"), most=300)
        following = following or {}
        return ActionResult(
            {
                "ResourceRecordSets": page,
                "IsTruncated": bool(following),
                "NextRecordName": following.get("Name"),
                "NextRecordType": following.get("Type"),
                "NextRecordIdentifier": following.get("SetIdentifier"),
                "MaxItems": self.params.get("MaxItems", "300"),
            }
        )
