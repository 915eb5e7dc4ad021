# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Permissions for one network interface on the engine."""

from __future__ import annotations

from functools import cached_property

from .._cloud import filters
from .._cloud.accounts import account_problems
from .._cloud.ec2 import Ec2, Ec2Family
from .._cloud.errors import code
from .._eni import desired, observed as eni_observed
from .._eni.desired import Eni
from .._eni.options import IDENTITY
from .._reconcile.run import BadInput
from .plan import (
    DESCRIBE, Observed, Wanted, by, from_reply, plan, predict, problems, show, subject_of,
)

# AWS documents that an account must be authorized, not what it answers to one that is not; these say "not allowed":
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
NOT_ALLOWED = {"AuthFailure", "OperationNotPermitted", "UnauthorizedOperation"}


def from_parameters(parameters: dict) -> tuple:
    """(Eni, Wanted) of the parameters of ``ec2_eni_permission``; BadInput when they cannot be meant."""
    wrong = account_problems("aws_account_id", parameters["aws_account_id"])
    try:
        eni = desired.from_parameters({name: parameters[name] for name in (*IDENTITY, "state")})
    except BadInput as error:
        raise BadInput([*error.problems, *wrong]) from error
    if wrong:
        raise BadInput(wrong)
    return eni, Wanted(
        eni.key, parameters["aws_account_id"], parameters["permission"], parameters["state"], parameters["move"],
        parameters["force"])


def describe(ec2: Ec2, boto3_filters: list) -> list:
    """The permissions of this account's interfaces that the filters find."""
    return [from_reply(item) for item in ec2.describe(DESCRIBE, "NetworkInterfacePermissions", Filters=boto3_filters)]


def find(ec2: Ec2, parameters: dict) -> list:
    """The permissions that the parameters of ``ec2_eni_permission_info`` mean; BadInput when they cannot be meant."""
    wrong = account_problems("aws_account_id", parameters["aws_account_id"])
    if wrong:
        raise BadInput(wrong)
    named = by(network_interface_id=parameters["eni_id"], aws_account_id=parameters["aws_account_id"])
    return describe(ec2, named + filters.from_parameter(parameters["filters"]))


class EniPermissions(Ec2Family):
    """The permissions for the interface that is meant, whoever has them. observe() returns Observed."""

    def __init__(self, ec2: Ec2, eni: Eni, wanted: Wanted):
        super().__init__(ec2)
        self.eni = eni
        self.wanted = wanted

    @cached_property
    def interface(self):
        """The interface or None; read where its id is not given, and before a change."""
        return eni_observed.Known(eni_observed.describe(self.ec2, [self.eni])).meant_by(self.eni)

    def observe(self) -> Observed:
        network_interface = self.eni.eni_id or (self.interface.id if self.interface else None)
        found = describe(self.ec2, by(network_interface_id=network_interface)) if network_interface else []
        return Observed(network_interface, tuple(permission for permission in found if permission.state != "revoked"))

    def plan(self, observed: Observed) -> list:
        return plan(self.wanted, observed)

    def check(self, observed: Observed) -> Observed:
        wrong = problems(self.wanted, observed, self.plan(observed), self.interface) if self.interface else []
        if wrong:
            raise BadInput(wrong)
        return observed

    def predict(self, observed: Observed, calls) -> Observed:
        return predict(self.wanted, observed, calls)

    def show(self, observed: Observed) -> dict:
        return {
            "network_interface_id": observed.network_interface,
            "network_interface_permissions": [show(permission) for permission in observed.permissions],
        }

    def reached(self, pending: list, observed: Observed) -> set:
        states = {permission.id: permission.state for permission in observed.permissions}
        return {call.id for call, reply in pending if states.get(subject_of(call, reply), "revoked") == call.wait}

    def explain(self, error: Exception) -> str:
        text = super().explain(error)
        if code(error) in NOT_ALLOWED and error.operation_name == "CreateNetworkInterfacePermission":
            return (
                f"{text} AWS lets only accounts that it has authorized, such as its partners', have permissions for "
                f"interfaces of others: ask AWS Support whether {self.wanted.account} can be authorized, "
                "or use PrivateLink or a shared subnet; see docs/cross_account.md."
            )
        return text
