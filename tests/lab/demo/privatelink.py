# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``python -m lab.demo.privatelink``: two companies, one handshake, a TLS client that finds its certificate."""

from __future__ import annotations

import sys
from pathlib import Path

from lab.demo import handshake
from lab.demo.certificates import Authority
from lab.demo.companies import Company
from lab.demo.handshake import AUTHORITY, HTTPS, SERVED, Handshake
from lab.demo.presentation import OUTPUT, line, run, run_again, step
from lab.demo.privatelink_svg import privatelink_svg
from lab.demo.project import REGION, ROOT, Project
from lab.fabric import Fabric, host
from lab.guests.nspawn import Guest

PLAYBOOK = "xeni.aws.privatelink"
EXAMPLE = ROOT / "docs" / "examples" / "privatelink"
CONSUMER, PROVIDER = "111122223333", "444455556666"
ZONES = ("euw1-az1", "euw1-az2")
NAME = "api.example.internal"
LOAD_BALANCER = "api"
SERVER = Path(__file__).with_name("tls_server.py")


def main(endpoint_url: str) -> None:
    step("Two companies, an account each, with the same addresses: TLS servers behind a load balancer, and a client")
    provider, consumer = (Company(account, endpoint_url, REGION, ZONES) for account in (PROVIDER, CONSUMER))
    group = provider.group("server", SERVED)
    servers = [provider.launch(f"server{number}", zone, group) for number, zone in enumerate(ZONES, 1)]
    client = consumer.launch("client", ZONES[0], consumer.group("client"))
    provider.load_balancer(LOAD_BALANCER, {HTTPS: SERVED}, servers)
    project = Project(OUTPUT, EXAMPLE)
    project.variables = variables(provider, consumer)
    if reason := host.obstacle():
        step(f"First run of {PLAYBOOK}")
        project.playbook(PLAYBOOK)
        run_again(project, PLAYBOOK)
        print(f"\nThe servers and their packets could not be shown: {reason}.")
        return
    step("Build the network that AWS now describes: two VPCs that nothing connects, guests in both")
    with Fabric(report=line, sessions=[provider.session, consumer.session]) as fabric:
        fabric.wait_guests()
        authority = Authority("Authority of this run")
        for server in servers:
            serve_tls(fabric.guests[server], authority.issue(NAME))
        write(fabric.guests[client], AUTHORITY, authority.pem)
        _show(fabric, Handshake(fabric, client, servers, NAME), project)


def _show(fabric: Fabric, shown: Handshake, project: Project) -> None:
    step("Before: the client knows the authority, and nothing of the servers")
    handshake.show(shown.before)
    step(f"First run of {PLAYBOOK}: service, principal, endpoint, acceptance, zone, record")
    project.playbook(PLAYBOOK)
    fabric.sync()
    step("After: by their name the servers' certificate matches, by the endpoint's own names it does not")
    handshake.show(shown.after)
    run_again(project, PLAYBOOK)
    picture = project.directory / "privatelink.svg"
    picture.write_text(privatelink_svg(fabric.description, shown.endpoint, NAME))
    print(f"\nThe two companies as a picture: {picture}", flush=True)


def variables(provider: Company, consumer: Company) -> dict[str, object]:
    """What the playbook is told of these two."""
    return {
        "endpoint_provider_access_key": provider.account,
        "endpoint_provider_load_balancers": [LOAD_BALANCER],
        "endpoint_consumer_access_key": consumer.account,
        "endpoint_consumer_vpc_id": consumer.vpc,
        "endpoint_dns_name": NAME,
    }


def serve_tls(guest: Guest, certificate: str) -> None:
    """Start the TLS server in a guest, as a service of its systemd."""
    write(guest, "/srv/api/tls_server.py", SERVER.read_text())
    write(guest, "/srv/api/certificate.pem", certificate)
    command = ["/usr/bin/python3", "/srv/api/tls_server.py", str(SERVED), "/srv/api/certificate.pem"]
    guest.run("systemd-run", "--unit=api", "--quiet", *command).check_returncode()


def write(guest: Guest, path: str, content: str) -> None:
    """A file of root's in a guest."""
    guest.run("install", "-D", "-m", "0600", "/dev/stdin", path, input=content).check_returncode()


if __name__ == "__main__":
    sys.exit(run(main))
