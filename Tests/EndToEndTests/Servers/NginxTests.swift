import Foundation
import Testing

/// Goal: keyshift is right on a wire that we did not write: TLS, HTTP/2, compression, GOAWAY, another's rate limit.
/// Method: whole runs through nginx, whose own log says what came over which connection.
@Suite(.aFewAtATime, .enabled(if: Nginx.path != nil, "scripts/servers could not bring nginx"))
struct NginxTests {
    /// Plans and applies the whole fleet, and checks it as after every run.
    private func migrate(_ rig: Rig, _ nginx: Nginx, concurrency: Int = 8) async throws {
        rig.go(through: nginx)
        let flags = [
            "--ca-file", nginx.caFile, "--concurrency", "\(concurrency)", "--request-timeout", "20s",
        ]
        let waits = ["--backoff-base", "50ms", "--backoff-cap", "400ms"]
        let planned = try await rig.keyshift(
            ["plan", "fleet.csv", "--target", "target.yaml", "--job", "fleet.job"] + waits + flags)
        #expect(planned.code == 0, "\(planned.testDescription)")
        let applied = try await rig.keyshift(
            ["apply", "fleet.job", "--rate", "none"] + rig.answers + waits + flags, within: .seconds(150))
        #expect(applied.code == 0, "\(applied.testDescription)")
        let audit = try await rig.prove()
        #expect(Set(audit.counts.keys) == ["changed"])
    }

    private func rig(projects: Int) async throws -> Rig {
        try await Rig(["--projects", "\(projects)", "--scenario", "google-static", "--state", "state.json"])
    }

    @Test func manyRequestsOverOneConnection() async throws {
        let rig = try await rig(projects: 60)
        let nginx = try await Nginx.start(before: rig.simulator)
        try await migrate(rig, nginx)
        let lines = try nginx.lines()
        #expect(lines.count >= 60 * 6 && lines.allSatisfy { $0.version == "HTTP/2.0" })
        // Two programs ran; each multiplexes all its requests over one connection.
        let connections = Set(lines.map(\.connection))
        #expect(connections.count <= 4, "two programs ran, each over one connection: \(connections)")
    }

    @Test func keepAliveWithoutHTTP2() async throws {
        let rig = try await rig(projects: 60)
        let nginx = try await Nginx.start(before: rig.simulator, http2: false)
        try await migrate(rig, nginx, concurrency: 4)
        let lines = try nginx.lines()
        #expect(lines.count >= 60 * 6 && lines.allSatisfy { $0.version == "HTTP/1.1" })
        let connections = Set(lines.map(\.connection))
        #expect(connections.count <= 2 * 4, "at most --concurrency for each program: \(connections)")
    }

    @Test func aServerThatSaysGoAway() async throws {
        let rig = try await rig(projects: 40)
        // After that many requests nginx closes the connection: GOAWAY, open streams are finished.
        let nginx = try await Nginx.start(before: rig.simulator, http: "keepalive_requests 7;")
        try await migrate(rig, nginx)
        let lines = try nginx.lines()
        #expect(Set(lines.map(\.connection)).count > 10)
        let changes = lines.filter { $0.method == "PATCH" }
        #expect(changes.count == 40 && Set(changes.map(\.path)).count == 40)
    }

    @Test(arguments: [false, true]) func anothersRateLimit(saysWhen: Bool) async throws {
        let rig = try await rig(projects: 12)
        let nginx = try await Nginx.start(
            before: rig.simulator, http: "limit_req_zone $binary_remote_addr zone=all:1m rate=20r/s;",
            location: "limit_req zone=all burst=8 nodelay; limit_req_status 429;"
                + (saysWhen ? " error_page 429 = @limited;" : ""))
        try await migrate(rig, nginx)
        #expect(try nginx.lines().contains { $0.status == 429 })
    }

    @Test func anUnknownRootEndsBeforeAnythingIsSent() async throws {
        let rig = try await rig(projects: 2)
        let nginx = try await Nginx.start(before: rig.simulator)
        rig.go(through: nginx)
        let planned = try await rig.plan(expecting: 78)
        #expect(planned.err.contains("certificate"), "\(planned.testDescription)")
        #expect(try nginx.lines().allSatisfy { $0.status == 400 } && rig.simulator.log().isEmpty)
        let looked = try await rig.keyshift(["doctor"])
        #expect(looked.code == 3 && looked.out.contains("fail  connection:"))
        let trusted = try await rig.keyshift(["doctor", "--ca-file", nginx.caFile])
        #expect(trusted.code == 0, "\(trusted.testDescription)")
        #expect(trusted.out.contains("ok    connection: HTTP/2"))
        #expect(trusted.out.contains("ok    certificate: subject: CN = server, issuer: CN = root"))
    }
}

/// A green run in CI must not hide that the servers were not there.
@Suite struct ServersTests {
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CI"] == "true", "only in CI"))
    func areThereInCI() { #expect(Nginx.path != nil) }
}
