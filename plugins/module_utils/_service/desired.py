# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parameters of ``ec2_vpc_endpoint_service`` -> the endpoint service that is wanted. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .._cloud.tags import text_tags
from .._reconcile.run import BadInput
from . import identity as identities, principals
from .identity import Identity
from .settings import LOAD_BALANCERS, SETS, SETTINGS

# The one that there is beside the default, which is the endpoint's owner:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpointServicePayerResponsibility.html
SERVICE_OWNER = "ServiceOwner"

# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
_LOAD_BALANCER = r"arn:[a-z0-9-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/%s/[^/]+/[^/]+"
_KINDS = {"network_load_balancer_arns": ("Network", "net"), "gateway_load_balancer_arns": ("Gateway", "gwy")}

# Labels of up to 63 characters, the first may be a wildcard: https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,255}}$)(\*\.)?({_LABEL}\.)+{_LABEL}")


@dataclass(frozen=True)
class Service:
    """An endpoint service as its user wants it. What is None, or not in settings, is "not mentioned": never touched.

    settings: {option of SETTINGS: value}, sets as tuples; allowed_principals: as AWS writes them.
    """

    identity: Identity
    state: str = "present"
    settings: dict = field(default_factory=dict)
    allowed_principals: tuple | None = None
    purge_allowed_principals: bool = True
    allow_anyone: bool = False
    payer_responsibility: str | None = None
    tags: dict | None = None
    purge_tags: bool = True
    reject_connections: bool = False

    @property
    def key(self) -> str:
        return self.identity.key

    @property
    def all_tags(self) -> dict | None:
        """The tags with the name, which is one; None when neither is mentioned."""
        named = {"Name": self.identity.name} if self.identity.name else {}
        return {**(self.tags or {}), **named} if named or self.tags is not None else None

    @property
    def purges_tags(self) -> bool:
        """A name alone must not purge: only a mentioned list of tags can be exact."""
        return self.purge_tags and self.tags is not None


def from_parameters(parameters: dict, partition: str) -> Service:
    """The module's parameters, for a Region of that partition; BadInput when they cannot be meant."""
    identity = identities.from_parameters(parameters)
    settings = {option: parameters[option] for option in SETTINGS if parameters[option] is not None}
    settings.update({option: tuple(dict.fromkeys(settings[option])) for option in SETS if option in settings})
    if "private_dns_name" in settings:
        settings["private_dns_name"] = settings["private_dns_name"].lower()
    listed = parameters["allowed_principals"]
    allowed, problems = (None, []) if listed is None else principals.parse(listed, partition)
    service = Service(
        identity, settings=settings, allowed_principals=allowed, tags=text_tags(parameters["tags"]),
        **{option: parameters[option] for option in (
            "state", "purge_allowed_principals", "allow_anyone", "payer_responsibility", "purge_tags", "reject_connections")},
    )
    problems += [*_setting_problems(settings), *_twice_problems(service, parameters["confirm_payer_responsibility"])]
    if problems:
        raise BadInput([f"{service.key}: {problem}" for problem in problems])
    return service


def _setting_problems(settings: dict):
    for option, (kind, path) in _KINDS.items():
        for arn in settings.get(option, ()):
            if not re.fullmatch(_LOAD_BALANCER % path, arn):
                yield (
                    f"{option}: '{arn}' is not the ARN of a {kind} Load Balancer, such as "
                    f"arn:aws:elasticloadbalancing:us-east-1:012345678901:loadbalancer/{path}/web/50dc6c495c0c9188"
                )
    for option in (*LOAD_BALANCERS, "supported_ip_address_types"):
        if settings.get(option) == ():
            yield f"{option}: an endpoint service cannot be without; list at least one, or leave {option} out"
    name = settings.get("private_dns_name")
    if name and not _DOMAIN.fullmatch(name):
        yield f"private_dns_name: '{name}' is not a domain name, such as api.example.com"


def _twice_problems(service: Service, confirmed: bool):
    """What has to be asked for twice."""
    if service.payer_responsibility == SERVICE_OWNER and not confirmed:
        yield (
            f"payer_responsibility: {SERVICE_OWNER} makes this account pay for its consumers' endpoints, and AWS does not take it back: "
            "it cannot be undone; set confirm_payer_responsibility: true if it is meant"
        )
    if not service.allow_anyone and principals.lets_anyone_in(service.allowed_principals, service.settings.get("acceptance_required")):
        yield principals.ANYONE_PROBLEM
