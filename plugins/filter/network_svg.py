# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: network_svg
short_description: A dual-homed network as a picture
version_added: 0.1.0
author: xeni.aws contributors (@xeni-aws)
description:
  - Draws a VPC with its servers, each interface in its subnet with its addresses, the subnets' routes, the Internet above and the VPN below, as SVG.
options:
  _input:
    description:
      - C(vpc), C(subnets), C(route_tables), C(instances) and C(vpn_connections) as amazon.aws's info modules return them.
    type: dict
    required: true
seealso:
  - module: amazon.aws.ec2_instance_info
"""

EXAMPLES = r"""
- name: Write the picture
  ansible.builtin.copy:
    content: "{{ {'vpc': vpc, 'subnets': subnets, 'route_tables': tables, 'instances': instances, 'vpn_connections': vpns} | xeni.aws.network_svg }}"
    dest: network.svg
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The SVG document.
  type: str
"""

from html import escape

COLUMN = 240
MARGIN = 40
TEXT = 18
PUBLIC = "#0b7a4b"
MANAGEMENT = "#1f5fbf"
INK = "#1d2733"
PAPER = "#ffffff"
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:%s}.title{font-weight:600;font-size:15px}.small{font-size:11.5px;fill:#4a5866}"
    ".mono{font:12px ui-monospace,monospace}" % INK
)


def network_svg(network: dict) -> str:
    instances = sorted(network["instances"], key=_name)
    width = max(3, len(instances)) * COLUMN + 2 * MARGIN
    rows = max([1, *(len(item["private_ip_addresses"]) for instance in instances for item in instance["network_interfaces"])])
    chip = 26 + (rows + 1) * TEXT
    public_top, band = 150, chip + 62
    server_top = public_top + band
    management_top = server_top + 64
    height = management_top + band + 130
    subnets = {subnet["subnet_id"]: subnet for subnet in network["subnets"]}
    parts = [
        _box(MARGIN / 2, 96, width - MARGIN, management_top + band - 76, PAPER, INK, 10),
        _text(MARGIN / 2 + 14, 122, f"VPC {_name(network['vpc'])}  {network['vpc']['cidr_block']}", "title"),
        _gateway(width / 2, 20, "Internet", "", PUBLIC),
        _line(width / 2, 64, width / 2, public_top, PUBLIC),
        _gateway(width / 2, 78, "Internet gateway", "", PUBLIC, 36),
        _band(network, subnets, 0, instances, public_top, width, band, PUBLIC),
        _band(network, subnets, 1, instances, management_top, width, band, MANAGEMENT),
        _line(width / 2, management_top + band, width / 2, height - 66, MANAGEMENT),
        _gateway(width / 2, management_top + band + 2, "VPN gateway", "", MANAGEMENT, 36),
        _gateway(width / 2, height - 66, "Corporate network", ", ".join(_prefixes(network)), MANAGEMENT),
    ]
    for column, instance in enumerate(instances):
        left = MARGIN + column * COLUMN
        parts += _server(instance, left, public_top + 46, server_top, management_top + 16, chip)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f'<title>{escape(_name(network["vpc"]))}</title><style>{STYLE}</style>{_box(0, 0, width, height, PAPER, PAPER, 0)}'
        f'{"".join(parts)}</svg>\n'
    )


def _server(instance: dict, left: float, eth0_top: float, top: float, eth1_top: float, chip: float) -> list:
    """A server between the bands, and its interfaces, each in the band of its subnet."""
    middle = left + COLUMN / 2
    parts = [
        _line(middle, eth0_top + chip, middle, eth1_top, "#8a97a5"),
        _box(left + 20, top + 8, COLUMN - 40, 48, "#f2f4f7", INK, 6),
        _text(middle, top + 30, _name(instance), "title", "middle"),
        _text(middle, top + 47, instance["instance_id"], "small", "middle"),
    ]
    for interface in instance["network_interfaces"]:
        index = interface["attachment"]["device_index"]
        if index in (0, 1):
            parts += _interface(interface, left + 20, (eth0_top, eth1_top)[index], chip, (PUBLIC, MANAGEMENT)[index])
    return parts


def _interface(interface: dict, left: float, top: float, height: float, colour: str) -> list:
    index = interface["attachment"]["device_index"]
    groups = ", ".join(group["group_name"] for group in interface["groups"])
    parts = [_box(left, top, COLUMN - 40, height, PAPER, colour, 6), _text(left + 10, top + 20, f"eth{index}", "title")]
    for row, address in enumerate(interface["private_ip_addresses"]):
        public = (address.get("association") or {}).get("public_ip")
        text = address["private_ip_address"] + (f" \u2194 {public}" if public else "")
        parts.append(_text(left + 10, top + 22 + (row + 1) * TEXT, text, "mono"))
    return [*parts, _text(left + 10, top + height - 7, groups, "small")]


def _band(network: dict, subnets: dict, index: int, instances, top: float, width: float, height: float, colour: str) -> str:
    """The subnets that the interfaces of one index are in, with their routes."""
    used = {
        item["subnet_id"] for instance in instances for item in instance["network_interfaces"]
        if item["attachment"]["device_index"] == index
    }
    labels = [
        f"{_name(subnets[subnet_id])} {subnets[subnet_id]['cidr_block']} ({subnets[subnet_id]['availability_zone']})"
        for subnet_id in sorted(used)
    ]
    routes = sorted({route for subnet_id in used for route in _routes(network, subnet_id)})
    caption = top + 20 if index == 0 else top + height - 26  # away from the servers between the bands
    return (
        f'<rect x="{MARGIN / 2 + 8}" y="{top}" width="{width - MARGIN - 16}" height="{height}" rx="8" fill="{colour}" fill-opacity="0.08"/>'
        + _text(MARGIN / 2 + 20, caption, ", ".join(labels), "title")
        + _text(MARGIN / 2 + 20, caption + 17, "routes: " + "; ".join(routes), "small")
    )


def _routes(network: dict, subnet_id: str):
    """Where the subnet's route table leads, beside the VPC itself."""
    tables = network["route_tables"]
    own = [table for table in tables if any(item.get("subnet_id") == subnet_id for item in table["associations"])]
    main = [table for table in tables if any(item.get("main") for item in table["associations"])]
    for route in (own or main or [{"routes": []}])[0]["routes"]:
        target = route.get("gateway_id") or route.get("network_interface_id") or route["state"]
        if target != "local":
            propagated = " (propagated)" if route.get("origin") == "EnableVgwRoutePropagation" else ""
            yield f"{route.get('destination_cidr_block') or route.get('destination_ipv6_cidr_block')} \u2192 {target}{propagated}"


def _prefixes(network: dict) -> list:
    routes = [route for vpn in network["vpn_connections"] if vpn["state"] == "available" for route in vpn["routes"]]
    return sorted({route["destination_cidr_block"] for route in routes})


def _name(item: dict) -> str:
    tags = item.get("tags") or {}
    return tags.get("Name") or item.get("instance_id") or item.get("subnet_id") or item.get("vpc_id") or ""


def _gateway(middle: float, top: float, title: str, text: str, colour: str, height: float = 44) -> str:
    width = 34 + 8 * max(len(title), len(text))
    baseline = top + (20 if text else height / 2 + 5)
    return (
        _box(middle - width / 2, top, width, height, PAPER, colour, height / 2)
        + _text(middle, baseline, title, "title", "middle") + _text(middle, top + 36, text, "mono", "middle")
    )


def _box(left: float, top: float, width: float, height: float, fill: str, stroke: str, radius: float) -> str:
    return (
        f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}" stroke="{stroke}" stroke-width="1.5"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" stroke-width="2.5"/>'


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>' if text else ""


class FilterModule:
    def filters(self) -> dict:
        return {"network_svg": network_svg}
