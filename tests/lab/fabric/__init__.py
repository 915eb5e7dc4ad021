# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The data plane of what an EC2 endpoint describes, from Linux network namespaces.

with Fabric("http://127.0.0.1:5555") as fabric:
    fabric.wait_guests()
    outcomes = probes.run(fabric.description, [probes.Probe(names.CORP, "10.0.1.5", 22)])
"""

from __future__ import annotations

from lab.fabric.fabric import Fabric, FabricError

__all__ = ["Fabric", "FabricError"]
