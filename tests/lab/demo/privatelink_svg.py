# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A service and its consumer as a picture: a row for each zone, from the client to the targets. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from lab.fabric import privatelink
from lab.fabric.description import Description, VpcEndpoint

COLUMN, ROW, MARGIN, TOP = 250, 110, 30, 110
BOX = (190, 64)
INK, CONSUMER, PROVIDER, PAPER = "#1d2733", "#1f5fbf", "#0b7a4b", "#ffffff"
STYLE = (
    f"text{{font:13px system-ui,sans-serif;fill:{INK}}}.title{{font-weight:600}}"
    ".small{font-size:11px}.mono{font:12px ui-monospace,monospace}"
)


def privatelink_svg(description: Description, endpoint: VpcEndpoint, name: str) -> str:
    """The SVG document of an available endpoint, which clients know by ``name``."""
    passages = [each for each in privatelink.passages(description) if each.entrance.id in endpoint.network_interfaces]
    passages.sort(key=lambda each: description.subnets[each.entrance.subnet_id].zone_id)
    width, height = 4 * COLUMN + 2 * MARGIN, TOP + len(passages) * ROW
    parts = [
        _vpc(description, endpoint.vpc_id, "Consumer", 0, height, CONSUMER),
        _vpc(description, passages[0].node.vpc_id, "Provider", 2, height, PROVIDER),
        _text(MARGIN, 32, name, "title"),
        _text(MARGIN, 52, endpoint.dns_names[0], "mono"),
    ]
    for row, passage in enumerate(passages):
        parts += _row(description, endpoint, passage, TOP + row * ROW)
    title = f"<title>{escape(name)}</title><style>{STYLE}</style>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
        f'{title}<rect width="{width}" height="{height}" fill="{PAPER}"/>{"".join(parts)}</svg>\n'
    )


def _row(description: Description, endpoint: VpcEndpoint, passage: privatelink.Passage, top: float) -> Iterator[str]:
    entrance, node = passage.entrance, passage.node
    zone = description.subnets[entrance.subnet_id].zone_id
    clients = [eni for eni in description.attached(vpc_id=endpoint.vpc_id) if eni.subnet_id == entrance.subnet_id]
    if clients:
        yield _box(0, top, "Client", ", ".join(eni.addresses[0] for eni in clients), zone, CONSUMER)
        yield _arrow(0, top)
    yield _box(1, top, "Endpoint", entrance.addresses[0], zone, CONSUMER)
    yield _arrow(1, top)
    yield _box(2, top, "Load balancer", node.addresses[0], zone, PROVIDER)
    for port, targets in privatelink.backends(description, passage.load_balancer, node).items():
        if targets:
            yield _arrow(2, top)
            served = ", ".join(f"{host}:{number}" for host, number in targets)
            yield _box(3, top, f"Targets of {port}", served, zone, PROVIDER)


def _vpc(description: Description, vpc_id: str, whose: str, column: int, height: float, colour: str) -> str:
    left, top = MARGIN / 2 + column * COLUMN + 5, TOP - 40
    caption = f"{whose}: {vpc_id} {', '.join(description.vpcs[vpc_id].cidrs)}"
    return (
        f'<rect x="{left}" y="{top}" width="{2 * COLUMN - 10}" height="{height - top - MARGIN / 2}" rx="8" '
        f'fill="{colour}" fill-opacity="0.08" stroke="{colour}"/>' + _text(left + 12, top + 22, caption, "title")
    )


def _box(column: int, top: float, title: str, text: str, zone: str, colour: str) -> str:
    left, (width, height) = MARGIN + column * COLUMN, BOX
    return (
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="6" fill="{PAPER}" stroke="{colour}" '
        f'stroke-width="1.5"/>{_text(left + 10, top + 20, title, "title")}{_text(left + 10, top + 39, text, "mono")}'
        f'{_text(left + 10, top + 56, zone, "small")}'
    )


def _arrow(column: int, top: float) -> str:
    """From a column to the next."""
    start, end, middle = MARGIN + column * COLUMN + BOX[0], MARGIN + (column + 1) * COLUMN, top + BOX[1] / 2
    return f'<path d="M{start} {middle}H{end - 3}m-8 -5l8 5l-8 5" fill="none" stroke="{INK}" stroke-width="2"/>'


def _text(x: float, y: float, text: str, style: str) -> str:
    return f'<text x="{x}" y="{y}" class="{style}">{escape(text)}</text>'
