import Testing

/// An OAuth 2.0 server made of Authlib, and nginx that lets only its tokens through to a simulator.
final class TokenServer {
    let port: Int
    private let folder: WorkFolder
    private let program: Program

    /// `life`: of each token, in seconds.
    static func start(life: Int) async throws -> TokenServer {
        let server = try TokenServer(life: life)
        try await Servers.await(server.program, server.port) { "" }
        return server
    }

    private init(life: Int) throws {
        folder = try WorkFolder()
        port = try Port.free()
        program = try Program(
            "/usr/bin/env",
            [
                "python3", "-B", Servers.script("authorization_server.py"), "\(port)", Desk.clientID,
                Desk.clientSecret, "\(life)",
            ],
            environment: Servers.pythonEnvironment, folder: folder.path)
    }

    /// For nginx: this server has the paths of tokens, and answers for every other request whether its token is good.
    func guarding(_ simulator: Simulator) throws -> Nginx.Lines {
        Nginx.Lines(
            server: """
                location /api/oauth/ { proxy_pass http://127.0.0.1:\(port); }
                location = /check {
                    internal;
                    proxy_pass http://127.0.0.1:\(port);
                    proxy_pass_request_body off;
                    proxy_set_header Content-Length "";
                }
                """,
            location: """
                auth_request /check;
                proxy_set_header Authorization "Bearer \(try simulator.token())";
                """)
    }

    /// What it answered so far, as `token 200`.
    func answers() -> [String] { program.out.split(separator: "\n").map(String.init) }
}
