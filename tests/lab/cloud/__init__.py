# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""AWS as this collection meets it: moto, with EC2 networking as AWS documents it.

One cloud per process: moto keeps every account in module state.
Its authority is AWS's API reference and botocore's service model, never the modules under test.
"""

from __future__ import annotations

from .server import serve

__all__ = ["serve"]
