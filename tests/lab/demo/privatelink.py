# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""``python -m lab.demo.privatelink``: two companies, one handshake, a TLS client that finds its certificate."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from lab.demo import handshake
from lab.demo.certificates import Authority
from lab.demo.companies import SECRET, Company
from lab.demo.handshake import AUTHORITY, HTTPS, SERVED, Handshake
from lab.demo.presentation import OUTPUT, line, run, run_again, step
from lab.demo.privatelink_svg import privatelink_svg
from lab.demo.project import REGION, ROOT, Project
from lab.fabric import Fabric, host, names
from lab.guests.guest import Guest

PLAYBOOK = "xeni.aws.privatelink"
EXAMPLE = ROOT / "docs" / "examples" / "privatelink"
CONSUMER, PROVIDER = "111122223333", "444455556666"
ZONES = ("euw1-az1", "euw1-az2")
NAME = "api.example.internal"
LOAD_BALANCER = "api"
ENDPOINT_GROUP = "api-endpoint"
INVENTORY = "inventory"
SERVER = Path(__file__).with_name("tls_server.py")


def main(endpoint_url: str) -> None:
    step("Two companies, an account each, with the same addresses: TLS servers behind a load balancer, and a client")
    project = Project(OUTPUT, EXAMPLE)
    provider, consumer = (Company(account, endpoint_url, REGION, ZONES) for account in (PROVIDER, CONSUMER))
    group = provider.group("server", SERVED)
    servers = [provider.launch(f"server{number}", zone, group) for number, zone in enumerate(ZONES, 1)]
    client = consumer.launch("client", ZONES[0], consumer.group("client"), project.public_key)
    provider.load_balancer(LOAD_BALANCER, {HTTPS: SERVED}, servers)
    consumer.group(ENDPOINT_GROUP, HTTPS)
    set_profiles(project.directory / "credentials", provider=provider, consumer=consumer)
    project.variables["endpoint_consumer_vpc_id"] = consumer.vpc
    if reason := host.obstacle():
        step(f"First run of {PLAYBOOK}")
        project.playbook(PLAYBOOK)
        run_again(project, PLAYBOOK)
        print(f"\nThe servers and their packets could not be shown: {reason}.")
        return
    (project.directory / INVENTORY / "clients.json").write_text(json.dumps(clients(client)))
    step("Build the network that AWS now describes: two VPCs that nothing connects, guests in both")
    with Fabric(report=line, sessions=[provider.session, consumer.session]) as fabric:
        fabric.wait_guests()
        authority = Authority("Authority of this run")
        for server in servers:
            serve_tls(fabric.guests[server], authority.issue(NAME))
        write(fabric.guests[client], AUTHORITY, authority.pem, mode="0644")
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


def set_profiles(path: Path, **companies: Company) -> None:
    """Make these the only credentials, each as a profile by its name."""
    path.write_text("".join(
        f"[{name}]\naws_access_key_id = {company.account}\naws_secret_access_key = {SECRET}\n" for name, company in companies.items()
    ))
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del os.environ[variable]
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(path)


def clients(instance_id: str) -> dict[str, object]:
    """An inventory of the server in which the playbook proves the name. Its VPC has no way in, so it is entered from within."""
    proxy = f"ip netns exec {names.namespace(instance_id)} socat - TCP:127.0.0.1:22"
    client = {
        "ansible_user": "admin",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": f"-o StrictHostKeyChecking=accept-new -o ProxyCommand='{proxy}'",
        "privatelink_ca_path": AUTHORITY,
    }
    return {"privatelink_clients": {"hosts": {"client": client}}}


def serve_tls(guest: Guest, certificate: str) -> None:
    """Start the TLS server in a guest, as a service of its systemd."""
    write(guest, "/srv/api/tls_server.py", SERVER.read_text())
    write(guest, "/srv/api/certificate.pem", certificate)
    command = ["/usr/bin/python3", "/srv/api/tls_server.py", str(SERVED), "/srv/api/certificate.pem"]
    guest.run("systemd-run", "--unit=api", "--quiet", *command).check_returncode()


def write(guest: Guest, path: str, content: str, mode: str = "0600") -> None:
    """A file of root's in a guest."""
    guest.run("install", "-D", "-m", mode, "/dev/stdin", path, input=content).check_returncode()


if __name__ == "__main__":
    sys.exit(run(main))
