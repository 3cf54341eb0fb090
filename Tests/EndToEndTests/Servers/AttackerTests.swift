import Foundation
import Testing

/// Goal: a server on the way that attacks some projects' requests gets no credential anywhere else and stops nothing but
/// these requests. Method: nginx answers their PATCHes with each attack, also with what is no answer of the API.
@Suite(.aFewAtATime, .enabled(if: Servers.areThere, "scripts/servers could not bring nginx"))
struct AttackerTests {
    /// Lines for the place that a PATCH is sent to, or none where a file is enough.
    private static let attacks: [(name: String, lines: String)] = [
        ("redirect", "return 307 https://127.0.0.1:THIEF$uri;"),
        ("redirect-to-token", "return 301 https://localhost:THIEF/api/oauth/token;"),
        ("bomb", "gzip off; default_type application/json; add_header Content-Encoding gzip always;"),
        (
            "headers",
            String(repeating: "add_header X-Big \(String(repeating: "a", count: 3000)) always;\n", count: 40)
        ),
        ("slow", "gzip off; limit_rate 1; default_type application/json;"),
        ("page", "default_type text/html;"), ("empty", "default_type application/json;"),
        ("list", "default_type application/json;"), ("letters", "default_type application/json;"),
    ]

    /// The attack on each of some projects, which are spread over the fleet: many in a row would look like an outage.
    private func attackedProjects(_ rig: Rig) throws -> [String: String] {
        let ids = try rig.ids()
        return Dictionary(
            uniqueKeysWithValues: Self.attacks.enumerated().map { (ids[$0.offset * 4], $0.element.name) })
    }

    private func lines(_ rig: Rig, _ attacked: [String: String], thief: Int) -> Nginx.Lines {
        let places = attacked.map { id, name in
            let lines = Self.attacks.first { $0.name == name }?.lines ?? ""
            return """
                location = /api/atlas/v2/groups/\(id)/encryptionAtRest {
                    error_page 418 =200 /attack/\(name);
                    if ($request_method = PATCH) { return 418; }
                    proxy_pass \(rig.simulator.address);
                }
                location = /attack/\(name) {
                    internal;
                    \(lines.replacing("THIEF", with: "\(thief)"))
                }
                """
        }
        return Nginx.Lines(
            http: """
                log_format thief '$request $http_authorization $http_cookie';
                server {
                    listen 127.0.0.1:\(thief) ssl http2;
                    ssl_certificate server.pem; ssl_certificate_key server.key;
                    access_log thief.log thief;
                    return 200 '{}';
                }
                """,
            server: "root .; add_header Set-Cookie 'session=1; Path=/' always;\n"
                + places.joined(separator: "\n"))
    }

    private func write(_ folder: WorkFolder) async throws {
        try FileManager.default.createDirectory(
            atPath: folder.file("attack"), withIntermediateDirectories: true)
        // 200 MB of nothing in some hundred KB.
        let bomb = try Program(
            "/bin/sh", ["-c", "head -c 200000000 /dev/zero | gzip > attack/bomb"], environment: [:],
            folder: folder.path)
        try await #require(bomb.end(within: .seconds(30)).code == 0)
        let files = [
            "slow": String(repeating: " ", count: 400) + "{}", "page": "<html>Welcome</html>", "empty": "",
            "list": "[]", "letters": "{\"awsKms\": 7, \"googleCloudKms\": \"yes\"}", "headers": "{}",
        ]
        for (name, text) in files { try folder.write("attack/\(name)", text) }
    }

    @Test func nobodyElseIsHarmed() async throws {
        let rig = try await Rig(["--projects", "40", "--scenario", "google-static"])
        let thief = try Port.free()
        let attacked = try attackedProjects(rig)
        let nginx = try await Nginx.start(before: rig.simulator, lines(rig, attacked, thief: thief))
        try await write(nginx.folder)
        rig.go(through: nginx)
        try await rig.plan(["--ca-file", nginx.caFile])
        try await rig.apply(
            ["--ca-file", nginx.caFile, "--max-attempts", "3", "--verify-patience", "3s"], expecting: 6)
        let truth = Dictionary(uniqueKeysWithValues: try rig.simulator.truth().projects.map { ($0.id, $0) })
        for row in try rig.results() {
            let id = row["project_id"] ?? ""
            if let attack = attacked[id] {
                // None of them is Atlas's, so none says whether anything was done.
                #expect(row["result"] == "unknown" && truth[id]?.isUntouched == true, "\(attack): \(row)")
            } else {
                #expect(row["result"] == "changed" && truth[id]?.patchesApplied == 1, "\(row)")
            }
        }
        #expect(nginx.folder.size("thief.log") == 0, "nobody went where the redirects point")
        let lines = try nginx.lines()
        #expect(lines.allSatisfy { $0.cookie == "-" })
        #expect(lines.contains { $0.path == "/attack/bomb" } && lines.contains { $0.path == "/attack/slow" })
        // It would have been noted.
        rig.environment["MONGODB_ATLAS_BASE_URL"] = "https://127.0.0.1:\(thief)"
        try await rig.keyshift(["doctor", "--ca-file", nginx.caFile])
        #expect(nginx.folder.size("thief.log") > 0)
    }

    /// Where the server quotes what it was sent: nowhere; after a good token, or already at the token's request.
    @Test(arguments: [false, true]) func aServerThatQuotesCredentials(alsoTheSecret: Bool) async throws {
        let rig = try await Rig(["--projects", "3"])
        let quote =
            #"return 400 '{"error":400,"errorCode":"BAD","detail":"not $http_authorization","parameters":["$http_authorization"]}';"#
        let token = "proxy_pass \(rig.simulator.address);"
        let nginx = try await Nginx.start(
            before: rig.simulator,
            .init(
                http: "log_format seen '$http_authorization'; default_type application/json;",
                server: """
                    location /api/oauth/ { access_log seen.log seen; \(alsoTheSecret ? quote : token) }
                    location /api/atlas/ { access_log seen.log seen; \(quote) }
                    """))
        rig.go(through: nginx)
        let more = ["--ca-file", nginx.caFile, "--verbose"]
        let roles = ["roles", "fleet.csv", "--provider", "googleCloudKms"]
        for words in [
            ["doctor"], ["inventory"], roles + ["--create", "--job", "roles.job"],
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"],
        ] {
            let ended = try await rig.keyshift(words + more)
            let shown = words[0] == "plan" ? try await rig.keyshift(["show", "fleet.job"]) : ended
            if words[0] != "plan" || !alsoTheSecret {
                #expect(shown.printed.contains("<redacted>"), "\(shown.testDescription)")
            }
            try searchEverything(rig, nginx, ended)
        }
        rig.useAPIKey()
        let digest = try await rig.keyshift(["doctor"] + more)
        #expect(digest.code != 0)
        try searchEverything(rig, nginx, digest)
    }

    /// Nothing of what the server saw is in what was printed or written.
    private func searchEverything(_ rig: Rig, _ nginx: Nginx, _ ended: Ended) throws {
        let seen = Set(try nginx.folder.text("seen.log").split(separator: "\n").map(String.init))
        let secrets =
            seen.compactMap { $0.split(separator: " ").last.map(String.init) }
            .filter { $0.count > 12 } + [Desk.clientSecret, Desk.apiKey.secret]
        #expect(secrets.count > 2)
        var texts = [ended.printed]
        for name in rig.folder.names {
            texts.append(String(decoding: try rig.folder.bytes(name), as: UTF8.self))
        }
        for secret in secrets {
            #expect(!texts.contains { $0.contains(secret) || $0.contains(secret.dropFirst(8).prefix(14)) })
        }
    }
}
