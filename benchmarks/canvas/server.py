"""Serves the test page and the engine's files with the content security policy of the studio."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "src" / "underpaint" / "server" / "web"
POLICY = "default-src 'self'; img-src 'self' blob:"


class _Handler(SimpleHTTPRequestHandler):
    """`/web/…` is the studio's front end, `/pictures/…` a folder of test pictures, the rest this folder."""

    pictures: Path

    def translate_path(self, path: str) -> str:
        path = path.split("?", 1)[0]
        for prefix, folder in (("/web/", WEB), ("/pictures/", self.pictures)):
            if path.startswith(prefix):
                return str(folder / path.removeprefix(prefix))
        return str(HERE / path.lstrip("/"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(pictures: Path) -> Generator[str]:
    """The address of a running server."""
    handler = type("Handler", (_Handler,), {"pictures": pictures})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
