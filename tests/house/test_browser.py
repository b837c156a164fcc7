from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Browser


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Set-Cookie", "__Host-key=1; Secure; HttpOnly; Path=/; SameSite=Lax")
        self.end_headers()
        self.wfile.write(f"<h1>𠮷田 花子</h1><p>{self.headers.get('Cookie', '')}</p>".encode())

    def log_message(self, *arguments: object) -> None:
        """Say nothing: the test says what it saw."""


def test_the_browser_reads_japanese_and_keeps_host_cookies_on_localhost(chromium: Browser) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    context = chromium.new_context(locale="ja-JP")
    try:
        page = context.new_page()
        page.goto(f"http://localhost:{server.server_port}/")
        page.reload()
        assert page.inner_text("h1") == "𠮷田 花子"
        assert page.inner_text("p") == "__Host-key=1"
        assert page.evaluate("navigator.language") == "ja-JP"
    finally:
        context.close()
        server.shutdown()
        server.server_close()
