"""nginx with static answers: a server that costs as little as one can."""
import contextlib
import subprocess

import fleet
import tools

PLACES = "client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;"


@contextlib.contextmanager
def static(programs, folder, tls=False):
    """Gives the address, and with `tls` the file of the root that signed its certificate."""
    port = tools.free_port()
    if tls:
        certificate(folder)
    listen = f"{port} ssl http2; ssl_certificate {folder}/pem; ssl_certificate_key {folder}/key" if tls else port
    configuration(folder, f"""
        map $request_method $state {{ default '{fleet.state(False)}'; PATCH '{fleet.state(True)}'; }}
        server {{
            listen 127.0.0.1:{listen};
            default_type {fleet.MEDIA};
            location ~ ^/api/atlas/v2/groups/[0-9a-f]+/encryptionAtRest$ {{ return 200 $state; }}
            location ~ ^/api/atlas/v2/groups/([0-9a-f]+)$ {{ return 200 '{fleet.about("$1")}'; }}
            location = /api/atlas/v2/orgs {{ return 200 '{fleet.ORGANISATIONS}'; }}
            location = /api/oauth/token {{ default_type application/json; return 200 '{fleet.TOKEN}'; }}
            location / {{ return 200 '{{}}'; }}
        }}""")
    with running(programs, folder, port):
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}"


@contextlib.contextmanager
def limiter(programs, folder, behind, rate, burst):
    """Passes on what comes; once there is the file `limited`, only `rate` requests a second after the first `burst`,
    and refuses the rest with 429. The file `statuses` says how each ended."""
    port = tools.free_port()
    configuration(folder, f"""
        limit_req_zone $limited zone=all:1m rate={rate}r/s;
        log_format status $status;
        server {{
            listen 127.0.0.1:{port};
            location / {{ proxy_pass {behind}; proxy_http_version 1.1; proxy_set_header Connection ""; }}
            location ~ /encryptionAtRest$ {{
                set $limited ""; set $counted 0;
                if (-f {folder}/limited) {{ set $limited all; set $counted 1; }}
                access_log {folder}/statuses status if=$counted;
                limit_req zone=all burst={burst} nodelay; limit_req_status 429;
                proxy_pass {behind}; proxy_http_version 1.1; proxy_set_header Connection "";
            }}
        }}""")
    with running(programs, folder, port):
        yield f"http://127.0.0.1:{port}"


def configuration(folder, lines):
    (folder / "nginx.conf").write_text(f"""
        daemon off; master_process off; pid nginx.pid;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; keepalive_requests 1000000000; http2_max_concurrent_streams 1024; {PLACES}
            {lines}
        }}""")


@contextlib.contextmanager
def running(programs, folder, port):
    server = tools.start([programs.nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"], folder)
    try:
        tools.await_port(server, port, folder)
        (folder / "output").unlink()
        yield
    finally:
        tools.stop(server)


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key", "-out", "pem"],
        cwd=folder, check=True, capture_output=True)
