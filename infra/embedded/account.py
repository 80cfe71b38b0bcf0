"""As whom a server runs. PostgreSQL refuses root, so root runs it as somebody else."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from ..errors import RootRefused


class PopenAccount(TypedDict, total=False):
    """The arguments of ``subprocess`` that choose an account."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Account:
    """How to start a process under an account.

    Attributes:
        prefix: words in front of the command.
        popen: arguments for ``subprocess``.
        owner: user id the process's files belong to, seen from outside.
    """

    prefix: tuple[str, ...] = ()
    popen: PopenAccount = field(default_factory=PopenAccount)
    owner: int


def own_account() -> Account:
    """Run as whoever runs this process."""
    return Account(owner=os.geteuid())


def ordinary_account(paths: Sequence[Path]) -> Account:
    """An account that is not root and reaches every one of ``paths`` (programs and folders).

    An ordinary user stays what it is. Root becomes ``nobody``. Where that account does not reach
    a path (a project below a home of mode 700), root runs the process in a user namespace of its
    own, in which it is not root, or, where namespaces are forbidden (plain containers), as nobody
    with the one capability to pass folders. Raises RootRefused if none works.
    """
    if os.geteuid() != 0:
        return own_account()
    nobody = _nobody()
    unreachable = next((path for path in paths if not _reaches(nobody, path)), None)
    if unreachable is None:
        return nobody
    for other in (Account(prefix=_UNSHARE, owner=0), Account(prefix=_SETPRIV, owner=nobody.owner)):
        if shutil.which(other.prefix[0]) and all(_reaches(other, path) for path in paths):
            return other
    raise RootRefused(unreachable)


def give(folder: Path, account: Account) -> None:
    """Make a folder and what is in it the account's. An ordinary user has nothing to give."""
    if os.geteuid() != 0 or folder.stat().st_uid == account.owner:
        return
    group = pwd.getpwuid(account.owner).pw_gid
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.owner, group, follow_symlinks=False)


# util-linux 2.36 or newer. Files stay root's.
_UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")
_SETPRIV = (
    "setpriv",
    "--reuid=nobody",
    f"--regid={pwd.getpwnam('nobody').pw_gid}",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    popen = PopenAccount(user=entry.pw_uid, group=entry.pw_gid, extra_groups=())
    return Account(popen=popen, owner=entry.pw_uid)


def _reaches(account: Account, path: Path) -> bool:
    return _runs(account, ["test", "-x", str(path)])


def _runs(account: Account, command: Sequence[str]) -> bool:
    words = [*account.prefix, *command]
    done = subprocess.run(words, cwd="/", capture_output=True, check=False, **account.popen)
    return done.returncode == 0
