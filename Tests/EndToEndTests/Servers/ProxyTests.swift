import Testing

/// Goal: behind a company's proxy everything works as without one, and the proxy gets nothing but CONNECT. Method: whole
/// runs through tinyproxy with a password, and its own log.
@Suite(.aFewAtATime, .enabled(if: Servers.areThere, "scripts/servers could not bring tinyproxy"))
struct ProxyTests {
    private struct Way {
        let rig: Rig
        let nginx: Nginx
        let proxy: Tinyproxy
    }

    private func way(projects: Int) async throws -> Way {
        let rig = try await Rig([
            "--projects", "\(projects)", "--scenario", "google-static", "--state", "state.json",
        ])
        let nginx = try await Nginx.start(before: rig.simulator)
        rig.go(through: nginx)
        return Way(rig: rig, nginx: nginx, proxy: try await Tinyproxy.start(to: nginx.port))
    }

    @Test(arguments: ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
    func everythingGoesThroughTheTunnel(variable: String) async throws {
        let way = try await way(projects: 20)
        way.rig.environment[variable] = way.proxy.address()
        try await way.rig.migrate(through: way.nginx)
        let asked = try way.proxy.requests()
        // One tunnel for each connection that the server saw, and nothing beside tunnels.
        #expect(asked.allSatisfy { $0 == "CONNECT 127.0.0.1:\(way.nginx.port) HTTP/1.1" }, "\(asked)")
        let lines = try way.nginx.lines().filter { $0.status != 400 }
        #expect(
            asked.count == Set(lines.map(\.connection)).count && lines.allSatisfy { $0.version == "HTTP/2.0" }
        )
    }

    @Test func aWrongPasswordEndsBeforeAnythingIsSent() async throws {
        let way = try await way(projects: 2)
        way.rig.environment["HTTPS_PROXY"] = way.proxy.address(password: "wrong-secret-5512")
        let planned = try await way.rig.plan(["--ca-file", way.nginx.caFile], expecting: 78)
        #expect(planned.err.contains("CONNECT") && planned.err.contains("401"), "\(planned.testDescription)")
        let looked = try await way.rig.keyshift(["doctor", "--ca-file", way.nginx.caFile])
        #expect(looked.code == 3 && looked.out.contains("Check HTTPS_PROXY"), "\(looked.testDescription)")
        for text in [planned.printed, looked.printed] { #expect(!text.contains("5512")) }
        #expect(try way.rig.simulator.log().isEmpty)
        way.rig.environment["HTTPS_PROXY"] = way.proxy.address()
        let fixed = try await way.rig.keyshift(["doctor", "--ca-file", way.nginx.caFile])
        #expect(fixed.code == 0 && fixed.out.contains("through the proxy 127.0.0.1:\(way.proxy.port)"))
        #expect(!fixed.printed.contains(Tinyproxy.password))
    }

    /// What goes around the proxy, though its variable names one that would refuse.
    @Test func namesOutsideTheProxyAndThisMachine() async throws {
        let way = try await way(projects: 3)
        way.rig.environment["HTTPS_PROXY"] = way.proxy.address(password: "wrong")
        way.rig.environment["NO_PROXY"] = "example.com,127.0.0.1"
        try await way.rig.migrate(through: way.nginx)
        #expect(try way.proxy.requests().isEmpty)

        // Plain http is for the simulator on this machine: no proxy ever sees its credentials.
        let plain = try await Rig(["--projects", "2", "--scenario", "google-static"])
        for name in ["http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            plain.environment[name] = way.proxy.address()
        }
        try await plain.plan()
        try await plain.apply(expecting: 0)
        #expect(try way.proxy.requests().isEmpty)
    }
}
