"""Stands before the simulator and puts texts that look like keyshift's own lines into what it answers.

Usage: forging_server.py PORT SIMULATOR_PORT

The text of the file `payload` in its folder goes into names, settings, error codes, details, parameters and headers.
Every PATCH is refused with a code and a detail of that kind; of the looks every third is refused so too.
"""
import http.client
import http.server
import json
import sys

PORT, SIMULATOR = int(sys.argv[1]), int(sys.argv[2])
PAYLOAD = open("payload", newline="").read()


def forged(value):
    """The value with the text in every one of its own that is free."""
    if isinstance(value, dict):
        return {k: forged(v) if isinstance(v, (dict, list)) or k in FREE else v for k, v in value.items()}
    if isinstance(value, list):
        return [forged(v) for v in value]
    return "word" + PAYLOAD


FREE = {"name", "keyVersionResourceID", "region", "customerMasterKeyID", "atlasGCPServiceAccountId", "scope"}
refusals = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, body, kind="application/json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        header = PAYLOAD.replace("\r", "").replace("\n", "").replace("\0", "").encode().decode("latin-1")
        self.send_header("Sunset", "word" + header)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self):
        text = "word" + PAYLOAD
        self.answer(400, json.dumps({"error": 400, "errorCode": text, "detail": text, "parameters": [text]}).encode())

    def handle_all(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command == "PATCH":
            return self.refuse()
        if "/groups/" in self.path and int(self.path.split("/")[5][-2:], 16) % 5 == 0:
            return self.refuse()
        connection = http.client.HTTPConnection("127.0.0.1", SIMULATOR)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        found = answer.read()
        if "/oauth/" not in self.path and answer.status == 200:
            found = json.dumps(forged(json.loads(found))).encode()
        self.answer(answer.status, found, answer.getheader("Content-Type"))

    do_GET = do_PATCH = do_POST = handle_all


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
