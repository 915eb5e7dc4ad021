# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Network managers, each a module that renders the policy as its files. All have the same functions:

NAME                                        the value of the option `backend`
MANAGERS                                    of owners.py, who reads its files
PATTERNS                                    of glob(7), the files that could be ours by their names, and of others'
                                            what render() has to know
BY_HAND                                     whether what differs in the kernel is corrected with ip(8), because the
                                            manager, once an interface is up, cares no more
render(interface, device, rules, routes, present)   {path: content} that one interface should have, beside what is
                                            present() of everybody's. Pure
commands(change), commands_back(change)     argument lists that make the manager take a Change up, and take it back,
                                            with the files already there. Pure
"""

from __future__ import annotations

from . import ifupdown, network_manager, systemd_networkd

BACKENDS = {module.NAME: module for module in (systemd_networkd, network_manager, ifupdown)}


def patterns() -> list:
    """Of the files of all network managers."""
    return [pattern for module in BACKENDS.values() for pattern in module.PATTERNS]
