"""An OAuth 2.0 server made of Authlib: client credentials (RFC 6749), revocation (RFC 7009) and, for nginx's
auth_request, whether a bearer token is good (RFC 6750).

Usage: authorization_server.py PORT CLIENT_ID CLIENT_SECRET LIFE_SECONDS. Writes a line for each answer.
"""

import json
import os
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

# Authlib wants https, which nginx speaks in front of it.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.oauth2.rfc6749 import (
    AuthorizationServer, ClientMixin, OAuth2Error, OAuth2Request, ResourceProtector, TokenMixin,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint

port, client_id, client_secret, life = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
tokens = {}


class Client(ClientMixin):
    def get_allowed_scope(self, scope):
        return ""

    def check_client_secret(self, secret):
        return secrets.compare_digest(secret, client_secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_grant_type(self, grant_type):
        return grant_type == "client_credentials"


class Token(TokenMixin):
    def __init__(self):
        self.end = time.monotonic() + life
        self.revoked = False

    def check_client(self, client):
        return True

    def get_scope(self):
        return ""

    def is_expired(self):
        return time.monotonic() >= self.end

    def is_revoked(self):
        return self.revoked


class Server(AuthorizationServer):
    def query_client(self, name):
        return Client() if name == client_id else None

    def save_token(self, token, request):
        tokens[token["access_token"]] = Token()

    def send_signal(self, name, *args, **kwargs):
        pass

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        return status, body, headers


class Revocation(RevocationEndpoint):
    def query_token(self, token, hint):
        return tokens.get(token)

    def revoke_token(self, token, request):
        token.revoked = True


class Validator(BearerTokenValidator):
    def authenticate_token(self, token):
        return tokens.get(token)


server = Server()
server.register_grant(ClientCredentialsGrant)
server.register_endpoint(Revocation)
server.register_token_generator(
    "default", BearerTokenGenerator(lambda **_: secrets.token_urlsafe(48), expires_generator=life)
)
protector = ResourceProtector()
protector.register_token_validator(Validator())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            protector.validate_request([], self.oauth_request({}))
            self.answer("check", 200, {}, [])
        except OAuth2Error as error:
            self.answer("check", *error())

    def do_POST(self):
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        request = self.oauth_request(form)
        if self.path.endswith("/token"):
            self.answer("token", *server.create_token_response(request))
        else:
            self.answer("revoke", *server.create_endpoint_response("revocation", request))

    def oauth_request(self, form):
        return OAuth2Request(self.command, f"http://127.0.0.1{self.path}", form, self.headers)

    def answer(self, name, status, body, headers):
        print(name, status, flush=True)
        data = json.dumps(dict(body)).encode()
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
