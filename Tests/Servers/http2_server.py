"""A server that speaks HTTP/2 over TLS and misbehaves as the path of a request says; a GET of /ok is answered.

Usage: http2_server.py PORT CERTIFICATE KEY LOG. The log has a line for each message whose head came:
"<version> <method> <path> <digest, or the scheme of its credentials, or none>", and one with "whole" in front and the
bytes of its body at the end when that had come.
"""

import socket
import ssl
import sys
import threading
import time

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded
from h2.exceptions import ProtocolError

port, certificate, key, log_name = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
log_file = open(log_name, "a", buffering=1)
RESETS = {
    "/reset-refused": ErrorCodes.REFUSED_STREAM,
    "/reset-internal": ErrorCodes.INTERNAL_ERROR,
    "/reset-cancel": ErrorCodes.CANCEL,
    "/reset-http11": ErrorCodes.HTTP_1_1_REQUIRED,
    "/reset-calm": ErrorCodes.ENHANCE_YOUR_CALM,
    "/reset-nothing": ErrorCodes.NO_ERROR,
}
ANSWER = [(":status", "200"), ("content-type", "application/json")]
CHALLENGE = 'Digest realm="MMS Public API", domain="", nonce="n1", algorithm=MD5, qop="auth", stale=false'


def scheme(value):
    return (value or "none").split(" ")[0]


class Closed(Exception):
    """The behaviour ends the connection."""


class Connection:
    def __init__(self, stream):
        self.stream = stream
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.heads = {}
        self.sizes = {}

    def serve(self):
        self.h2.initiate_connection()
        self.flush()
        while True:
            data = self.stream.recv(65536)
            if not data:
                return
            for event in self.h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    self.head(event)
                elif isinstance(event, DataReceived):
                    self.sizes[event.stream_id] = self.sizes.get(event.stream_id, 0) + len(event.data)
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, StreamEnded) and event.stream_id in self.heads:
                    self.whole(event.stream_id)
            self.flush()

    def flush(self):
        self.stream.sendall(self.h2.data_to_send())

    def head(self, event):
        head = dict(event.headers)
        line = f"HTTP/2 {head[':method']} {head[':path']} {scheme(head.get('authorization'))}"
        log_file.write(line + "\n")
        path = head[":path"]
        # Under /digest everybody who brings no digest is challenged first, and is treated by the rest of the path after.
        is_challenged = path.startswith("/digest") and not line.endswith(" Digest")
        path = "challenge" if is_challenged else path.removeprefix("/digest")
        if path.startswith("/early"):
            self.h2.reset_stream(event.stream_id, RESETS["/reset" + path[len("/early"):]])
        else:
            self.heads[event.stream_id] = (path, line)

    def whole(self, stream):
        path, line = self.heads.pop(stream)
        log_file.write(f"whole {line} {self.sizes.pop(stream, 0)}\n")
        if path == "challenge":
            self.answer(stream, [(":status", "401"), ("www-authenticate", CHALLENGE)], b"{}")
        elif path in RESETS:
            self.h2.reset_stream(stream, RESETS[path])
        elif path == "/goaway-below":
            self.h2.close_connection(last_stream_id=max(0, stream - 2))
            self.flush()
            # Closed only later: the client has to decide by the frame.
            time.sleep(0.3)
            raise Closed
        elif path == "/goaway-calm":
            self.h2.close_connection(ErrorCodes.ENHANCE_YOUR_CALM, last_stream_id=stream)
            self.flush()
            raise Closed
        elif path == "/close":
            raise Closed
        elif path == "/garbage":
            self.stream.sendall(b"\xff" * 600)
            raise Closed
        elif path == "/half-reset":
            self.h2.send_headers(stream, ANSWER + [("content-length", "10")])
            self.h2.send_data(stream, b"{}")
            self.h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)
        elif path == "/half-end":
            self.answer(stream, ANSWER + [("content-length", "10")], b"{}")
        elif path == "/headers":
            self.answer(stream, ANSWER + [(f"x-{number}", "a" * 4000) for number in range(30)], b"{}")
        elif path == "/cookie":
            self.answer(stream, ANSWER + [("set-cookie", "a=b; path=/")], b"{}")
        elif path == "/informed":
            self.h2.send_headers(stream, [(":status", "103"), ("link", "</x>")])
            self.answer(stream, ANSWER, b"{}")
        elif path != "/silent":
            self.answer(stream, ANSWER, b"{}")

    def answer(self, stream, headers, body):
        self.h2.send_headers(stream, headers)
        self.h2.send_data(stream, body, end_stream=True)


def serve_http1(stream):
    """Whoever came back with HTTP/1.1 is answered, and noted."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += stream.recv(65536) or b"\r\n\r\n"
    lines = data.decode("latin-1").split("\r\n")
    head = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    words = lines[0].split(" ") + ["", ""]
    log_file.write(f"HTTP/1.1 {words[0]} {words[1]} {scheme(head.get('authorization'))}\n")
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")


def serve(plain):
    stream = plain
    try:
        stream = context.wrap_socket(plain, server_side=True)
        if stream.selected_alpn_protocol() == "h2":
            Connection(stream).serve()
        else:
            serve_http1(stream)
    except (Closed, OSError, ProtocolError):
        pass
    finally:
        stream.close()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
context.set_alpn_protocols(["h2", "http/1.1"])
listener = socket.create_server(("127.0.0.1", port), backlog=128)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
