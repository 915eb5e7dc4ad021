# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Results as a test writes them."""

from __future__ import annotations

from bench.cells import Cell
from bench.figures import Results
from bench.measure import Measurement


def results(cells: dict) -> Results:
    """{(condition, way, size, phase): Measurement, or seconds alone}."""
    return Results({
        Cell(*cell): each if isinstance(each, Measurement) else Measurement(each, 70) for cell, each in cells.items()
    })
