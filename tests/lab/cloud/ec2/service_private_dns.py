# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""An endpoint service's private DNS name, and the TXT record that proves whose domain it is.

https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
"""

from __future__ import annotations

import string
from collections.abc import Iterator

from moto.moto_api._internal import mock_random as random

from ..clock import clock
from ..route53.lookups import public_values
from ..settings import settings


class PrivateDnsName:
    """``state`` is botocore's DnsNameState."""

    def __init__(self, name: str):
        self.name = name
        self.state = "pendingVerification"
        self.record_name = f"_{_random(string.ascii_lowercase + string.digits)}"
        self.record_value = f"vpce:{_random(string.ascii_letters + string.digits)}"

    def start_verification(self) -> None:
        self.state = "pendingVerification"
        clock.after_transition(self._conclude)

    def _conclude(self) -> None:
        self.state = "verified" if self._is_proven() else "failed"

    def _is_proven(self) -> bool:
        """Whether public DNS has the record, for the name or for a domain above it."""
        domains = list(_domains(self.name))
        if set(domains) & {each.lower() for each in settings.verified_domains}:
            return True
        # "If your DNS provider doesn't allow underscores", the record has the domain for its name.
        names = {name for domain in domains for name in (f"{self.record_name}.{domain}", domain)}
        return any(_unquoted(value) == self.record_value for name in names for value in public_values(name, "TXT"))

    def as_dict(self) -> dict[str, str]:
        """botocore's PrivateDnsNameConfiguration."""
        return {"State": self.state, "Type": "TXT", "Value": self.record_value, "Name": self.record_name}


def _random(alphabet: str) -> str:
    return "".join(random.choice(alphabet) for _each in range(20))


def _domains(name: str) -> Iterator[str]:
    """The name without its wildcard, and the domains above it down to two labels."""
    labels = name.lower().removeprefix("*.").rstrip(".").split(".")
    for start in range(max(1, len(labels) - 1)):
        yield ".".join(labels[start:])


def _unquoted(value: str) -> str:
    """The text of a record's one or more quoted strings."""
    return "".join(value.split('"')[1::2])
