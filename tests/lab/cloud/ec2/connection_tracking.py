# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How long security groups remember idle flows through an ENI.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from __future__ import annotations

from moto.ec2.exceptions import EC2ClientError

#: Seconds, the least and the most.
_RANGES = {"TcpEstablishedTimeout": (60, 432000), "UdpStreamTimeout": (60, 180), "UdpTimeout": (30, 60)}


def connection_tracking(specification: dict[str, int]) -> dict[str, int]:
    """botocore's ConnectionTrackingConfiguration of a ConnectionTrackingSpecificationRequest.

    :raises EC2ClientError: InvalidParameterValue, a timeout is out of its range.
    """
    for name, seconds in specification.items():
        least, most = _RANGES[name]
        if not least <= seconds <= most:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ({seconds}) for parameter {name} is invalid. It must be from {least} to {most} seconds.",
            )
    return specification
