"""A broker in a folder, as ``filesystem://`` is, where a message is there only as a whole."""

from pathlib import Path
from time import monotonic_ns
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **_):
        """Let it appear when it is written; kombu's own worker dies of one it finds still empty."""
        folder = Path(self.data_folder_out)
        written = folder.parent / f"{uuid4()}.msg"
        written.write_text(dumps(payload))
        written.rename(folder / f"{monotonic_ns():020}_{uuid4()}.{queue}.msg")


class Transport(filesystem.Transport):
    Channel = Channel


TRANSPORT_ALIASES["folder"] = f"{__name__}:Transport"
