# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Elastic Load Balancing as endpoint services meet it, on moto's: load balancers, their ENIs, target groups, health."""

from __future__ import annotations

from moto.elb import urls as elb_urls
from moto.elbv2 import models, responses, urls

from ..ec2.unmodelled import Unmodelled
from .listeners import ListenerHandlers, Listeners
from .load_balancers import LoadBalancerHandlers, LoadBalancers
from .target_groups import TargetGroup, TargetGroups


class ELBv2Backend(LoadBalancers, Listeners, TargetGroups, models.ELBv2Backend):
    """The state of one account in one region."""


class ELBV2Response(Unmodelled, LoadBalancerHandlers, ListenerHandlers, responses.ELBV2Response):
    """The operations."""


def install() -> None:
    """Put the lab's load balancing in the place of moto's, before the first request; again makes no difference."""
    models.elbv2_backends.backend = ELBv2Backend
    # moto derives the URLs from the backend class's module, which is ours now.
    ELBv2Backend._url_module = urls
    # moto's one URL of both generations of load balancers looks this up in its own module, its factory the other.
    elb_urls.ELBV2Response = ELBV2Response
    models.FakeTargetGroup = TargetGroup
