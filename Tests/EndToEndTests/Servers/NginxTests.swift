import Foundation
import Testing

/// Goal: keyshift is right on a wire that we did not write: TLS, HTTP/2, compression, GOAWAY, another's rate limit.
/// Method: whole runs through nginx, whose own log says what came over which connection.
@Suite(.aFewAtATime, .enabled(if: Servers.areThere, "scripts/servers could not bring nginx"))
struct NginxTests {
    private func rig(projects: Int) async throws -> Rig {
        try await Rig(["--projects", "\(projects)", "--scenario", "google-static", "--state", "state.json"])
    }

    @Test func manyRequestsOverOneConnection() async throws {
        let rig = try await rig(projects: 60)
        let nginx = try await Nginx.start(before: rig.simulator)
        rig.go(through: nginx)
        try await rig.migrate(through: nginx)
        let lines = try nginx.lines()
        #expect(lines.count >= 60 * 6 && lines.allSatisfy { $0.version == "HTTP/2.0" })
        // Two programs ran; each multiplexes all its requests over one connection.
        let connections = Set(lines.map(\.connection))
        #expect(connections.count <= 4, "two programs ran, each over one connection: \(connections)")
    }

    /// Nonces end after a few uses, so that many a PATCH meets a challenge.
    @Test func anAPIKeyOverHTTP2() async throws {
        let rig = try await Rig([
            "--projects", "60", "--scenario", "google-static", "--state", "state.json", "--nonce-uses", "5",
        ])
        rig.useAPIKey()
        let nginx = try await Nginx.start(before: rig.simulator)
        rig.go(through: nginx)
        try await rig.migrate(through: nginx)
        let changes = try rig.simulator.log().filter(\.isChange)
        #expect(changes.filter(\.applied).count == 60)
        #expect(try nginx.lines().allSatisfy { $0.version == "HTTP/2.0" })
    }

    @Test func keepAliveWithoutHTTP2() async throws {
        let rig = try await rig(projects: 60)
        let nginx = try await Nginx.start(before: rig.simulator, .init(http2: false))
        rig.go(through: nginx)
        try await rig.migrate(through: nginx, concurrency: 4)
        let lines = try nginx.lines()
        #expect(lines.count >= 60 * 6 && lines.allSatisfy { $0.version == "HTTP/1.1" })
        let connections = Set(lines.map(\.connection))
        #expect(connections.count <= 2 * 4, "at most --concurrency for each program: \(connections)")
    }

    @Test func aServerThatSaysGoAway() async throws {
        let rig = try await rig(projects: 40)
        // After that many requests nginx closes the connection: GOAWAY, open streams are finished.
        let nginx = try await Nginx.start(before: rig.simulator, .init(http: "keepalive_requests 7;"))
        rig.go(through: nginx)
        try await rig.migrate(through: nginx)
        let lines = try nginx.lines()
        #expect(Set(lines.map(\.connection)).count > 10)
        let changes = lines.filter { $0.method == "PATCH" }
        #expect(changes.count == 40 && Set(changes.map(\.path)).count == 40)
    }

    @Test(arguments: [false, true]) func anothersRateLimit(saysWhen: Bool) async throws {
        let rig = try await rig(projects: 12)
        let nginx = try await Nginx.start(
            before: rig.simulator,
            .init(
                http: "limit_req_zone $binary_remote_addr zone=all:1m rate=20r/s;",
                location: "limit_req zone=all burst=8 nodelay; limit_req_status 429;"
                    + (saysWhen ? " error_page 429 = @limited;" : "")))
        rig.go(through: nginx)
        try await rig.migrate(through: nginx)
        #expect(try nginx.lines().contains { $0.status == 429 })
    }

    @Test(.enabled(if: hasIPv6, "this machine has no IPv6 loopback")) func overIPv6() async throws {
        let rig = try await rig(projects: 8)
        let nginx = try await Nginx.start(before: rig.simulator, .init(ipv6: true))
        rig.environment["MONGODB_ATLAS_BASE_URL"] = "https://[::1]:\(nginx.port)"
        try await rig.migrate(through: nginx)
        #expect(try nginx.lines().filter { $0.method == "PATCH" }.count == 8)
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

/// Whether `::1` can be bound.
private let hasIPv6: Bool = {
    let socket = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var place = sockaddr_in6()
    place.sin6_family = sa_family_t(AF_INET6)
    place.sin6_addr = in6addr_loopback
    return withUnsafePointer(to: &place) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) == 0
        }
    }
}()
