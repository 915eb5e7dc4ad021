# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The report's text."""

from __future__ import annotations

from bench.cells import AT_ONCE, FLOOR, OURS, PEER
from bench.jobs import endpoint, interfaces
from bench.measure import Measurement
from bench.report import report

from .measured import results


def test_the_report_says_what_failed_and_what_was_not_measured():
    found = results({
        (AT_ONCE, OURS, 20, interfaces.CREATE): Measurement(3.14, 70, {"CreateNetworkInterface": 20}, throttled=4),
        (AT_ONCE, FLOOR, 20, interfaces.CREATE): Measurement(1, 66, failure="Traceback (most recent call last):"),
    })
    text = report([interfaces.JOB], {"interfaces": found}, {"machine": "2 cores"})
    assert "| machine | 2 cores |" in text
    assert "| create | 20 | 3.1 |  | failed |" in text
    assert "| create | 20 | 20 CreateNetworkInterface; 4 throttled |" in text
    assert "create, N=100: at least 50 times faster than the loop |  | not measured |" in text
    assert "### 100 ms a call" not in text


def test_a_module_that_leaves_a_change_undone_gets_no_time_for_it():
    calls = {"ModifyVpcEndpoint": 1, "DescribeVpcEndpoints": 2}
    undone = "it changed nothing"
    found = results({
        (AT_ONCE, OURS, 1, endpoint.CHANGE_POLICY): Measurement(3, 70, calls),
        (AT_ONCE, PEER, 1, endpoint.CHANGE_POLICY): Measurement(2, 71, {"DescribeTags": 1}, shortfall=undone),
    })
    text = report([endpoint.JOB], {"endpoint": found}, {})
    assert "|  | N | ours, s | amazon.aws, s | ours, MB | amazon.aws, MB |" in text
    assert "| change the policy | 1 | 3.0 | it changed nothing | 70 | 71 |" in text
    assert "| change the policy | 1 | 3: 2 DescribeVpcEndpoints, 1 ModifyVpcEndpoint | 1 DescribeTags |" in text
