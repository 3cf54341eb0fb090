import AtlasAPI
import CurlTransport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

private let openssl = Program.path(of: "openssl")

/// Verification against a TLS server that is not ours: `openssl s_server`.
@Suite(.serialized, .enabled(if: Certificates.openssl != nil, "the program openssl is not on this machine"))
struct TLSTests {
    private final class Server {
        let port: UInt16
        let certificates: Certificates
        private let program: Program

        init(names: String = "IP:127.0.0.1", days: Int = 2, _ options: [String] = []) throws {
            certificates = try Certificates(names: names, days: days)
            let bound = Socket.bindToFreePort()
            close(bound.descriptor)
            port = bound.port
            let openssl = try #require(Certificates.openssl)
            program = try #require(
                Program(
                    openssl,
                    [
                        "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-quiet",
                        "-key", certificates.file("server.key"), "-cert", certificates.file("server.pem"),
                    ] + options))
            try #require(Socket.waitForListener(port))
        }

        deinit { program.stop() }

        func get(_ roots: CurlTransport.Roots?) throws -> Reply? {
            try CurlTransport(
                configuration: .init(baseAddress: "https://127.0.0.1:\(port)", roots: roots)
            ).send(Sample.get("/"))
        }

        /// With the root that made its certificate.
        func get() throws -> Reply? { try get(certificates.roots()) }
    }

    private func expectNoConnection(_ reply: Reply?, location: SourceLocation = #_sourceLocation) throws {
        let failure = try #require(reply.failure, sourceLocation: location)
        #expect(!failure.isSent && failure.reason.kind == .tls, sourceLocation: location)
    }

    @Test func onlyTheRightRootIsTrusted() throws {
        let server = try Server()
        #expect(try server.get().answer?.status == 200)
        let certificates = server.certificates
        let header = Array("-----BEGIN CERTIFICATE-----\n".utf8)
        for roots in [
            nil, try certificates.roots("other.pem"), .init(path: "none", certificates: []),
            .init(path: "none", certificates: Array("no certificate\n".utf8)),
            .init(path: "none", certificates: header),
        ] {
            try expectNoConnection(try server.get(roots))
        }
    }

    /// The bytes that were looked at are trusted, whatever lies under their name by then.
    @Test func whatHasTheNameOfTheRootsNowIsNotRead() throws {
        let server = try Server()
        let (right, wrong) = try (server.certificates.roots(), server.certificates.roots("other.pem"))
        let swapped = CurlTransport.Roots(path: right.path, certificates: wrong.certificates)
        try expectNoConnection(try server.get(swapped))
        let gone = CurlTransport.Roots(path: "/none/none.pem", certificates: right.certificates)
        #expect(try server.get(gone).answer?.status == 200)
    }

    @Test func nameThatDoesNotMatch() throws {
        try expectNoConnection(try Server(names: "DNS:another.example").get())
    }

    @Test func certificateThatHasEnded() throws {
        try expectNoConnection(try Server(days: -1).get())
    }

    /// A downgrade to a protocol before TLS 1.2 (RFC 8996) is no connection.
    @Test func oldProtocol() throws {
        try expectNoConnection(try Server(["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"]).get())
    }
}
