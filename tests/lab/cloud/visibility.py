# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""EC2's eventual consistency: for ``visibility_seconds`` an object just created is in no describe and cannot be named.

An id that is made while a call is carried out is of an object that the call creates, whatever the operation.
https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.ec2 import utils
from moto.ec2.exceptions import EC2ClientError

from .clock import Transition
from .settings import settings

#: An id's prefix -> the error code for an unknown id, and what AWS calls the object in its message.
#: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
NOT_FOUND = {
    "acl": ("InvalidNetworkAclID.NotFound", "networkAcl ID"),
    "cgw": ("InvalidCustomerGatewayID.NotFound", "customerGateway ID"),
    "eipalloc": ("InvalidAllocationID.NotFound", "allocation ID"),
    "eni": ("InvalidNetworkInterfaceID.NotFound", "networkInterface ID"),
    "eni-perm": ("InvalidPermissionID.NotFound", "network interface permission"),
    "i": ("InvalidInstanceID.NotFound", "instance ID"),
    "igw": ("InvalidInternetGatewayID.NotFound", "internetGateway ID"),
    "key": ("InvalidKeyPair.NotFound", "key pair"),
    "r": ("InvalidReservationID.NotFound", "reservation ID"),
    "rtb": ("InvalidRouteTableID.NotFound", "routeTable ID"),
    "sg": ("InvalidGroup.NotFound", "security group"),
    "sgr": ("InvalidSecurityGroupRuleId.NotFound", "security group rule ID"),
    "subnet": ("InvalidSubnetID.NotFound", "subnet ID"),
    "vgw": ("InvalidVpnGatewayID.NotFound", "vpnGateway ID"),
    "vpc": ("InvalidVpcID.NotFound", "vpc ID"),
    "vpce": ("InvalidVpcEndpointId.NotFound", "VpcEndPoint ID"),
    "vpce-nfn": ("InvalidConnectionNotification", "connection notification ID"),
    "vpce-svc": ("InvalidVpcEndpointServiceId.NotFound", "VpcEndpointService Id"),
    "vpn": ("InvalidVpnConnectionID.NotFound", "vpnConnection ID"),
}

#: Members of a request in which an id does not name an object that has to exist.
_NAMES_NONE = {"Description", "Filters", "TagSpecifications", "Tags"}


class Visibility:
    def __init__(self) -> None:
        self._hidden: dict[str, Transition] = {}
        self._creating = False

    def clear(self) -> None:
        self._hidden.clear()

    @contextmanager
    def creating(self, by_a_call: bool) -> Iterator[None]:
        """What is made inside is hidden at first, if a call makes it and the setting says so."""
        before, self._creating = self._creating, by_a_call and settings.visibility_seconds > 0
        try:
            yield
        finally:
            self._creating = before

    def note(self, object_id: str) -> None:
        if self._creating and object_id.rpartition("-")[0] in NOT_FOUND:
            self._hidden[object_id] = Transition("visibility_seconds")

    def is_hidden(self, object_id: str) -> bool:
        transition = self._hidden.get(object_id)
        if transition is not None and transition.is_over:
            del self._hidden[object_id]
        return object_id in self._hidden

    def check(self, parameters: dict[str, Any]) -> None:
        """Refuse a request that names a hidden object.

        :raises EC2ClientError: that kind of object's NotFound.
        """
        if not self._hidden:
            return
        for name in _names(parameters):
            if self.is_hidden(name):
                code, kind = NOT_FOUND[name.rpartition("-")[0]]
                raise EC2ClientError(code, f"The {kind} '{name}' does not exist")

    def visible(self, items: list[Any], ids: Callable[[Any], Iterable[str]]) -> list[Any]:
        """The items of a describe that are not hidden; ``ids`` gives what identifies one."""
        if not self._hidden:
            return items
        return [each for each in items if not any(map(self.is_hidden, ids(each)))]


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in _NAMES_NONE:
                yield from _names(each)


def random_id(prefix: str = "", size: int = 17) -> str:
    """In the place of moto's function of this name, through which it makes the ids of EC2's objects."""
    made = f"{prefix}-{utils.random_resource_id(size)}"
    visibility.note(made)
    return made


visibility = Visibility()

# Already here, as modules import moto's function by its name.
utils.random_id = random_id
