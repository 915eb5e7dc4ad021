# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The jobs as data, a module each."""

from __future__ import annotations

from bench.jobs import endpoint, failover, handshake, interfaces, servers

JOBS = (interfaces.JOB, failover.JOB, handshake.JOB, endpoint.JOB, servers.JOB)
