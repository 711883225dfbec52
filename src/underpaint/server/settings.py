"""How the server runs. Where it keeps things is said by `folders.py`, where models lie by `models/catalog.py`."""

import ipaddress
from dataclasses import dataclass, field

MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    host: str = "127.0.0.1"
    """The address to bind to."""
    port: int = 7878
    password: str | None = field(default=None, repr=False)
    """None: whoever reaches the server may use it, which is right only on this computer."""
    names: tuple[str, ...] = ()
    """Further names by which browsers may call this server, when they do not use its address."""
    max_upload_bytes: int = 1024 * MIB
    """Of one uploaded file; an 8192x8192 picture of 16 bits with alpha has 512 MiB before compression."""
    max_body_bytes: int = 4 * MIB
    """Of anything else that is sent."""
    max_project_bytes: int = 16 * 1024 * MIB
    """Of an imported project, as a zip file and unpacked."""

    @property
    def is_local(self) -> bool:
        """Whether only programs on this computer can reach the server."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address or name means this computer itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
