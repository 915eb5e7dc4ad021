# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""EC2's request rate limits, a token bucket for each operation of an account in a region, and Route 53's.

The resource rate limits, which count the instances that are run, started, stopped or terminated, are not among them.
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from __future__ import annotations

import math
import time
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from moto.core.utils import get_service_model

if TYPE_CHECKING:
    from .api import ApiRequest

VALID = (
    'true, false, or an object {operation of EC2: {"bucket": tokens, 1 or more, "refill": tokens per second, above 0}} '
    "of limits that take the place of EC2's own"
)


class Limit(NamedTuple):
    """What a bucket holds, in tokens, and gets back, in tokens per second."""

    bucket: float
    refill: float


NON_MUTATING = Limit(100, 20)
UNFILTERED = Limit(50, 10)
#: Also that of resource-intensive operations, which the page names as a category of their own.
MUTATING = Limit(50, 5)

#: Five requests per second, of whatever operation, for each account.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests
ROUTE53 = Limit(5, 5)

#: The services that limit requests -> what they answer over the limit: code, message, status.
REFUSALS = {
    "ec2": ("RequestLimitExceeded", "Request limit exceeded.", 503),
    "route53": ("Throttling", "Rate exceeded", 400),
}

#: Non-mutating operations whose calls have a second, smaller bucket for those with neither a filter nor a page.
_UNFILTERED_OPERATIONS = {
    "DescribeInstances",
    "DescribeInstanceStatus",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeSnapshots",
    "DescribeSpotInstanceRequests",
    "DescribeVolumes",
}

_UNCATEGORIZED = {
    Limit(100, 13): "DescribeSpotDatafeedSubscription",
    Limit(100, 10): "CreateTags DeleteTags",
    Limit(100, 5): """
        AssignIpv6Addresses AssignPrivateIpAddresses AssociateIamInstanceProfile CreateLaunchTemplateVersion
        CreateNetworkInterface CreateSnapshot CreateSnapshots CreateVolume DeleteNetworkInterface DeleteSnapshot
        DeleteVolume DeregisterImage DescribeSpotFleetInstances DescribeSpotFleetRequestHistory
        DisassociateIamInstanceProfile ModifyImageAttribute ModifyInstanceMetadataOptions ModifyLaunchTemplate
        ModifyNetworkInterfaceAttribute ModifySnapshotAttribute TerminateInstances UnassignPrivateIpAddresses
        """,
    Limit(100, 1): "CopyImage",
    Limit(50, 3): "CreateSpotDatafeedSubscription DeleteSpotDatafeedSubscription DescribeSpotFleetRequests",
    Limit(50, 0.5): "DescribeStoreImageTasks",
    Limit(50, 0.1): "CreateRestoreImageTask CreateStoreImageTask",
    Limit(20, 5): "DescribeSecurityGroupReferences DescribeStaleSecurityGroups",
    Limit(20, 4): """
        CreateVerifiedAccessEndpoint DeleteVerifiedAccessEndpoint ModifyVerifiedAccessEndpoint
        ModifyVerifiedAccessEndpointPolicy ModifyVerifiedAccessGroupPolicy
        """,
    Limit(10, 10): """
        DescribeAggregateIdFormat DescribeIdFormat DescribeIdentityIdFormat DescribePrincipalIdFormat
        DescribeReservedInstancesOfferings
        """,
    Limit(10, 2): """
        AttachVerifiedAccessTrustProvider CreateVerifiedAccessGroup CreateVerifiedAccessInstance
        CreateVerifiedAccessTrustProvider DeleteVerifiedAccessGroup DeleteVerifiedAccessInstance
        DeleteVerifiedAccessTrustProvider DescribeVerifiedAccessInstanceLoggingConfigurations
        DetachVerifiedAccessTrustProvider ModifyVerifiedAccessGroup ModifyVerifiedAccessInstance
        ModifyVerifiedAccessInstanceLoggingConfiguration ModifyVerifiedAccessTrustProvider
        """,
    Limit(10, 1): """
        AcceptVpcEndpointConnections AssignPrivateNatGatewayAddress AssociateEnclaveCertificateIamRole
        AssociateNatGatewayAddress CreateNatGateway CreateVpcEndpointServiceConfiguration DeleteNatGateway
        DeleteVpcEndpointServiceConfigurations DisassociateEnclaveCertificateIamRole DisassociateNatGatewayAddress
        GetAssociatedEnclaveCertificateIamRoles ModifyVpcEndpointServiceConfiguration RejectVpcEndpointConnections
        UnassignPrivateNatGatewayAddress
        """,
    Limit(10, 0.15): """
        DescribeCapacityBlockExtensionOfferings DescribeCapacityBlockOfferings PurchaseCapacityBlock
        PurchaseCapacityBlockExtension
        """,
    Limit(5, 5): """
        DeleteQueuedReservedInstances DescribeDeclarativePoliciesReports GetDeclarativePoliciesReportSummary
        PurchaseReservedInstancesOffering
        """,
    Limit(5, 2): """
        AuthorizeClientVpnIngress CreateClientVpnRoute DeleteClientVpnRoute DescribeHostReservationOfferings
        DescribeHostReservations DisableFastLaunch EnableFastLaunch GetHostReservationPurchasePreview
        PurchaseHostReservation RevokeClientVpnIngress RunInstances StartInstances
        """,
    Limit(5, 1): """
        CreateCoipCidr CreateCoipPool CreateSubnetCidrReservation DeleteCoipCidr DeleteCoipPool
        DeleteCoipPoolPermission DeleteSubnetCidrReservation
        """,
    Limit(4, 0.3): "CreateVpcEndpoint DeleteVpcEndpoints ModifyVpcEndpoint",
    Limit(2, 2): "ModifyInstanceMetadataDefaults",
    Limit(1, 1): """
        CancelDeclarativePoliciesReport CreateDefaultSubnet CreateDefaultVpc DescribeInstanceTopology
        DescribeMovingAddresses MoveAddressToVpc RestoreAddressToClassic StartDeclarativePoliciesReport
        """,
    Limit(1, 0.5): """
        AssociateCapacityReservationBillingOwner DescribeByoipCidrs DisassociateCapacityReservationBillingOwner
        """,
    Limit(1, 0.1): """
        AdvertiseByoipCidr DeprovisionByoipCidr DisableImageBlockPublicAccess DisableSnapshotBlockPublicAccess
        EnableImageBlockPublicAccess EnableSnapshotBlockPublicAccess ProvisionByoipCidr WithdrawByoipCidr
        """,
}

_OF_ITS_OWN = {name: limit for limit, names in _UNCATEGORIZED.items() for name in names.split()}


def is_rate_limit(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    return isinstance(value, dict) and all(name in _operations() and _is_limit(each) for name, each in value.items())


def _is_limit(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"bucket", "refill"}:
        return False
    numbers = [each for each in value.values() if isinstance(each, (int, float)) and not isinstance(each, bool)]
    return len(numbers) == 2 and all(map(math.isfinite, numbers)) and value["bucket"] >= 1 and value["refill"] > 0


@cache
def _operations() -> tuple[str, ...]:
    return tuple(get_service_model("ec2").operation_names)


def limit_of(operation: str, unfiltered: bool) -> Limit:
    """EC2's own limit.

    :param unfiltered: the call has neither a filter nor a page.
    """
    if unfiltered and operation in _UNFILTERED_OPERATIONS:
        return UNFILTERED
    reads = operation.startswith(("Describe", "Get", "List", "Search"))
    return _OF_ITS_OWN.get(operation, NON_MUTATING if reads else MUTATING)


class Bucket:
    """Full at first. Times are in seconds, of a clock that only goes forward."""

    def __init__(self, limit: Limit, now: float):
        self._limit, self._tokens, self._filled = limit, limit.bucket, now

    def take(self, now: float) -> bool:
        """Take a token out, if there is a whole one."""
        self._tokens = min(self._limit.bucket, self._tokens + (now - self._filled) * self._limit.refill)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class RateLimits:
    """The buckets, all full when the limits are set."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    def clear(self) -> None:
        self._buckets.clear()

    def admit(self, limits: bool | dict[str, Any], call: ApiRequest) -> bool:
        """Whether a call finds a token, which it takes.

        :param limits: the setting ``rate_limit``.
        """
        if limits is False or call.service not in REFUSALS:
            return True
        key, limit = (call.service, call.account), ROUTE53
        if call.service == "ec2":
            limit = _limit_of_call(limits, call)
            key += call.region, call.operation, str(limit)
        now = time.monotonic()
        return self._buckets.setdefault(key, Bucket(limit, now)).take(now)


def _limit_of_call(limits: bool | dict[str, Any], call: ApiRequest) -> Limit:
    if limits is not True and call.operation in limits:
        return Limit(**limits[call.operation])
    return limit_of(call.operation, call.parameters.keys().isdisjoint(("Filters", "MaxResults", "NextToken")))


rate_limits = RateLimits()
