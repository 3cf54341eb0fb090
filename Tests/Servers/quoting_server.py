"""Stands before the simulator and quotes, in later answers, every secret that it was sent.

Usage: quoting_server.py PORT SIMULATOR_PORT

Each quotation stands in a text with the word QUOTED, so that a test sees whether the text as a whole is gone. The
answers to other requests than those for tokens carry one in their Sunset header. Of the projects, in the order in which
they are asked for, every one gets another kind of attack; once its key has been sent, its next GET is answered with a
refusal that quotes key, token and client secret in one code of CODES. The first projects are attacked at their look:
a success whose settings quote. Writes what it learns and does, a line each.
"""
import base64
import html
import http.client
import http.server
import json
import sys
import threading
import urllib.parse

PORT, SIMULATOR = int(sys.argv[1]), int(sys.argv[2])

CODES = [
    lambda s: s,
    lambda s: base64.b64encode(s.encode()).decode(),
    lambda s: base64.urlsafe_b64encode(("x" + s).encode()).decode().rstrip("="),
    lambda s: s.encode().hex(),
    lambda s: ":".join(f"{b:02X}" for b in s.encode()),
    lambda s: "".join(f"%{b:02x}" for b in s.encode()),
    lambda s: "".join(f"&#{ord(c)};" for c in s),
    lambda s: html.escape(json.dumps(s)),
    lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    lambda s: s.swapcase(),
    lambda s: "\u200b".join(s),
    lambda s: "\n".join(s[i:i + 4] for i in range(0, len(s), 4)),
    lambda s: s[:32],
    lambda s: urllib.parse.quote(base64.b64encode(s.encode()).decode()),
]

secrets = {"key": "", "token": "", "client": ""}
places, sent = {}, set()
lock = threading.Lock()


def learn(handler, body):
    kind, _, value = handler.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        secrets["token"] = value
    if kind == "Basic":
        secrets["client"] = base64.b64decode(value).decode().partition(":")[2]
    for provider in json.loads(body).values() if handler.command == "PATCH" else []:
        for name in ("serviceAccountKey", "secret", "secretAccessKey"):
            if isinstance(provider, dict) and name in provider:
                secrets["key"] = provider[name]
    print(*(f"SECRET {secret}\n" for secret in secrets.values() if secret), sep="", end="", flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def forward(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", SIMULATOR)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read()

    def answer(self, status, kind, body, quotation=None):
        self.send_response(status)
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(body)))
        if quotation:
            self.send_header("Sunset", "QUOTED " + quotation)
        self.end_headers()
        self.wfile.write(body)

    def handle_all(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            if "/oauth/" not in self.path or self.command == "POST":
                learn(self, body if body.startswith(b"{") else b"{}")
            if "/oauth/" in self.path:
                return self.answer(*self.forward(body))
            project = self.path.split("/")[5] if "/groups/" in self.path else ""
            place = places.setdefault(project, len(places)) if project else 0
            code = CODES[place % len(CODES)]
            quotation = code(secrets["client"]).replace("\n", " ").encode().decode("latin-1")
            if self.command == "PATCH":
                sent.add(project)
                print("PATCH", project, flush=True)
            elif project in sent:
                texts = ["QUOTED " + code(secrets[name]) for name in ("key", "token", "client")]
                refusal = {"error": 400, "errorCode": "BAD_KEY", "detail": texts[0], "parameters": texts[1:] + [7],
                           "badRequestDetail": {"fields": [{"field": texts[1], "description": texts[2]}]}}
                print("QUOTED", place % len(CODES), flush=True)
                return self.answer(400, "application/json", json.dumps(refusal).encode(), quotation)
            status, kind, answer = self.forward(body)
            if project and place < 2 and "looked" in sent and self.path.endswith("/encryptionAtRest"):
                state = json.loads(answer)
                name = ("QUOTED" + secrets["client"], "QUOTED" + secrets["token"])[place]
                state["googleCloudKms"]["keyVersionResourceID"] = f"projects/{name}/locations/x"
                answer = json.dumps(state).encode()
            self.answer(status, kind, answer, quotation)

    do_GET = do_PATCH = do_POST = handle_all

    def do_PUT(self):
        """From now on the looks of the first projects are attacked, and places are given anew."""
        with lock:
            sent.add("looked")
            places.clear()
        self.answer(200, "text/plain", b"")


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
