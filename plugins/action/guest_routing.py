# Copyright: Contributors to the xeni.aws project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Commit-confirmed, the controller's side: a change of the guest's routing is kept if the guest is reached after it."""

from __future__ import annotations

import contextlib
import re
import shlex
import subprocess
import time

from ansible import constants
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import connection_loader

COMMIT_MODULE = "xeni.aws.guest_routing_commit"
# Seconds after the guest's own deadline in which it must have gone back.
ROLLBACK_TIME = 45
# What the guest's answers say of its state.
SHOWN = ("interfaces", "rules", "routes", "files")
# Each connection is one of its own, and a path that dies under one does not hang for minutes.
NEW_CONNECTION = [
    "-oControlMaster=no", "-oControlPath=none", "-oServerAliveInterval=5", "-oServerAliveCountMax=2",
]
# Options of the ssh plugin, in the order in which ssh gets them.
ARGUMENTS = ("ssh_args", "ssh_common_args", "ssh_extra_args")
# ssh(1) refuses -J where an option before it has decided on jump hosts. Of options the first value counts.
JUMP = re.compile(r"(?<!\S)-J\s*")


class ActionModule(ActionBase):
    """Runs the module: one round trip when nothing is to do. A change it started is confirmed by new connections."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        if self._task.args.get("confirm") == "never":
            return self._execute_module(task_vars=task_vars, wrap_async=bool(self._task.async_val))
        if not self._task.check_mode:
            self._refuse_what_cannot_be_confirmed()
        result = self._execute_module(task_vars=task_vars)
        return self._see_through(result, task_vars) if "commit" in result else result

    def _refuse_what_cannot_be_confirmed(self):
        if self._task.async_val:
            raise AnsibleActionFail(
                "async: the change is confirmed while the task runs, which async does not wait for; "
                "leave async out, or set confirm: never"
            )
        if self._connection.transport == "local":
            raise AnsibleActionFail(
                "connection: a change is confirmed over a new SSH connection, which 'local' has no host for; "
                "use the ssh connection plugin, or set confirm: never where a lock-out does not matter"
            )

    def _see_through(self, result, task_vars):
        """Confirm in time, else say what became of the change."""
        commit = result["commit"]
        deadline = time.monotonic() + commit["confirm_timeout"]  # the guest's own is before that, and it says so
        before, after = self._old_path(), self._new_path(commit["confirm_host"], task_vars)
        self._connection.reset()  # it may be of no use any more, and hang
        answer, failure = self._confirm(commit["id"], before, after, deadline, task_vars)
        if not answer:
            answer = self._wait_for_rollback(commit["id"], before, deadline + ROLLBACK_TIME, task_vars)
        confirmed = bool(answer) and answer["commit"]["state"] == "confirmed"
        self._clean_up([*([before] if answer else []), *([after] if confirmed else [])])
        result.update({key: answer[key] for key in SHOWN if answer}, commit={**commit, **answer.get("commit", {})})
        if not confirmed:
            result.update(failed=True, changed=not answer, msg=_explain(result["commit"], failure))
        return result

    def _confirm(self, identity, before, after, deadline, task_vars):
        """(the guest's last word on this change, {} if there is none in time; why the new path did not work after it).

        The nonce is only in answers that the guest gives after the change, and goes back over a connection made then.
        """
        nonce, failure = {}, ""
        while time.monotonic() < deadline:
            answer = self._ask(after, identity, task_vars, nonce)
            failure = answer.get("msg", "")
            if failure:
                answer = self._ask(before, identity, task_vars)
            commit = answer.get("commit", {})
            if commit.get("state") in ("confirmed", "rolled_back"):
                return answer, failure if nonce else ""
            if "nonce" in commit:
                nonce = {"nonce": commit["nonce"]}
            else:
                time.sleep(0.3)
        return {}, failure

    def _wait_for_rollback(self, identity, before, deadline, task_vars):
        """The guest's word once it is back, {} if it gives none before the deadline."""
        while time.monotonic() < deadline:
            answer = self._ask(before, identity, task_vars)
            if answer.get("commit", {}).get("state") in ("confirmed", "rolled_back"):
                return answer
            time.sleep(1)
        return {}

    def _clean_up(self, connections):
        """Remove what is left in the guest, each connection its own; what several share is the last one's to remove."""
        self._connection._shell.tmpdir = None  # ActionBase would remove it, by a connection that may hang
        for directory, connection in {connection._shell.tmpdir: connection for connection in connections}.items():
            self._connection = connection
            with contextlib.suppress(AnsibleError):
                self._remove_tmp_path(directory)

    def _ask(self, connection, identity, task_vars, nonce=None):
        """What the guest says of this change over this connection. Without an answer only msg, why there is none."""
        usual, self._connection = self._connection, connection
        try:
            answer = self._execute_module(COMMIT_MODULE, dict(nonce or {}), task_vars=task_vars)
        except AnsibleError as error:
            return {"msg": str(error)}
        finally:
            self._connection = usual
        if answer.get("failed"):
            return {"msg": answer.get("msg") or "the guest gave no answer"}
        if answer["commit"]["id"] != identity:
            return {"msg": "another controller has changed the guest's network meanwhile"}
        return answer

    def _old_path(self):
        """The task's connection, but its own."""
        options = self._connection.get_options()
        if self._connection.transport == "ssh":
            options = _of_its_own(options, [])
        return self._connect(self._connection.ansible_name, {"direct": options})

    def _new_path(self, host, task_vars):
        """An SSH connection to `host`, if given, instead of the address in use.

        ssh_config(5): HostName changes where a connection goes, and nothing that the user has set for the inventory's
        name. HostKeyAlias makes sure that it is the same host. ProxyJump counts for ProxyCommand, too.
        """
        directly = ["-oProxyJump=none"] if self._task.args.get("confirm_directly") else []
        if self._connection.transport == "ssh":
            options = self._connection.get_options()
            there = [f"-oHostName={host}", f"-oHostKeyAlias={_known_as(options)}"] if host else []
            return self._connect(self._connection.ansible_name, {"direct": _of_its_own(options, [*there, *directly])})
        names = constants.config.get_plugin_vars("connection", "ssh")
        variables = {name: self._templar.template(task_vars[name]) for name in names if name in task_vars}
        options = {"task_keys": self._task.dump_attrs(), "var_options": variables}
        connection = self._connect("ansible.builtin.ssh", options)
        there = [f"-oHostName={host}"] if host else []
        connection.set_options(direct=_of_its_own(connection.get_options(), [*there, *directly]))
        return connection

    def _connect(self, plugin, options):
        current = self._connection
        connection = connection_loader.get(plugin, self._play_context)
        connection.set_options(**options)
        connection.set_become_plugin(current.become)
        connection._shell.set_options(direct=current._shell.get_options())
        # Whoever comes by another plugin may be another user in the guest.
        connection._shell.tmpdir = current._shell.tmpdir if plugin == current.ansible_name else None
        return connection


def _of_its_own(options, arguments):
    """Options of the ssh plugin for a TCP connection of its own, with these arguments before the user's."""
    given = {key: JUMP.sub("-oProxyJump=", options[key] or "") for key in ARGUMENTS}
    return {
        **options,
        **given,
        "ssh_args": f"{shlex.join([*NEW_CONNECTION, *arguments])} {given['ssh_args']}",  # the first value counts
        # A path that is not there is found out by one attempt, not by one of sftp, of scp, and of ssh.
        "reconnection_retries": 0, "ssh_transfer_method": "piped",
    }


def _known_as(options):
    """The name under which ssh has the host key of the connection in use."""
    arguments = [f"-oPort={options['port']}"] if options["port"] else []
    for key in ARGUMENTS:
        arguments += shlex.split(options[key] or "")
    done = subprocess.run(
        [options["ssh_executable"], "-G", *arguments, options["host"]],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )
    settings = dict(line.partition(" ")[::2] for line in done.stdout.splitlines())
    host, port = settings.get("hostname", options["host"]), settings.get("port", "22")
    return settings.get("hostkeyalias") or (host if port == "22" else f"[{host}]:{port}")


def _explain(commit, failure):
    """Why the change is not there: from the guest's last word (if none, no state) and the new path's failure."""
    path = f"The new connection to {commit['confirm_host'] or 'the guest'} failed: {failure}. " if failure else ""
    if "state" not in commit:
        return (
            f"The change was not confirmed, and the guest does not answer by the old path either. {path}"
            "It goes back by itself at the end of confirm_timeout, and when it is rebooted."
        )
    lacked = f"As the guest saw it, the new state lacked: {'; '.join(commit['lacked'])}. " if commit["lacked"] else ""
    restored = f"Restored: {', '.join(commit['restored']) or 'no file'}"
    remaining = f", but this is not as it was: {'; '.join(commit['remaining'])}" if commit["remaining"] else \
        ", and rules and routes as they were"
    return f"The change was taken back: {commit['reason']}. {path}{lacked}{restored}{remaining}."
