# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Who tells what interfaces the guest has: the user, or its instance metadata."""

from __future__ import annotations

from .._reconcile.run import BadInput
from .observed import read, show
from .process import CommandFailed

PARAMETERS, IMDS = "parameters", "imds"
OPTIONS = dict(
    source=dict(type="str", choices=[PARAMETERS, IMDS], default=PARAMETERS),
    management_prefixes=dict(type="list", elements="str", default=[]),
    management_device_index=dict(type="int", default=1),
    interfaces=dict(type="list", elements="dict", options=dict(
        mac_address=dict(type="str", required=True),
        private_ip_addresses=dict(type="list", elements="raw", required=True),
        subnet_cidr=dict(type="str", required=True),
        ipv6_addresses=dict(type="list", elements="raw", default=[]),
        subnet_ipv6_cidr=dict(type="str"),
        ipv4_prefixes=dict(type="list", elements="raw", default=[]),
        ipv6_prefixes=dict(type="list", elements="raw", default=[]),
        role=dict(type="str", choices=["public", "management"], required=True),
        management_prefixes=dict(type="list", elements="str", default=[]),
        routes=dict(type="list", elements="dict", default=[], options=dict(
            destination=dict(type="str", required=True),
            gateway=dict(type="str"),
        )),
    )),
)
REQUIRED_IF = [("source", PARAMETERS, ["interfaces"])]


def with_interfaces(module) -> dict:
    """The parameters, with the interfaces that the source tells. Ends the module while it tells nothing."""
    given, prefixes = module.params["interfaces"], module.params["management_prefixes"]
    if module.params["source"] == PARAMETERS:
        if prefixes:
            raise BadInput([f"management_prefixes: {', '.join(prefixes)} without source: imds; list them in interfaces"])
        return module.params
    if given:
        raise BadInput([f"interfaces: {len(given)} beside source: imds, which tells of them; leave out one of the two"])
    return {**module.params, "interfaces": _told(module, prefixes)}


def _told(module, management_prefixes: list) -> list:
    # Its HTTP client takes longer to load than a look at the whole network does, and only this source needs it.
    from . import imds

    try:
        return imds.read(management_prefixes, module.params["management_device_index"])
    except imds.Unavailable as failure:
        _keep(module, str(failure))


def _keep(module, reason: str):
    """Say what is there, and that nothing was done."""
    try:
        state = show(read())
    except CommandFailed as error:
        module.fail_json(msg=f"source: the instance metadata cannot be read ({reason}), nor can the network: {error}")
    module.warn(f"source: the instance metadata cannot be read, so the routing stays as it is: {reason}")
    module.exit_json(changed=False, calls=[], imds=reason, **state)
