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
@Suite(.serialized, .enabled(if: openssl != nil, "the program openssl is not on this machine"))
struct TLSTests {
    /// A folder with a private root, and a server that shows its certificate.
    private final class Server {
        let port: UInt16
        let folder: String
        private let program: Program

        init(names: String, _ options: [String] = []) throws {
            let openssl = try #require(openssl)
            var template = Array("/tmp/keyshift-tls-XXXXXX".utf8CString)
            folder = String(cString: try #require(mkdtemp(&template)))
            for name in ["server", "other"] {
                let made = Program(
                    openssl,
                    [
                        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names)",
                        "-keyout", "\(folder)/\(name).key", "-out", "\(folder)/\(name).pem",
                    ])
                try #require(made?.wait() == 0)
            }
            let bound = Socket.bindToFreePort()
            close(bound.descriptor)
            port = bound.port
            program = try #require(
                Program(
                    openssl,
                    [
                        "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-quiet",
                        "-key", "\(folder)/server.key", "-cert", "\(folder)/server.pem",
                    ] + options))
            try #require(Socket.waitForListener(port))
        }

        deinit {
            program.stop()
            for name in ["server.key", "server.pem", "other.key", "other.pem"] { unlink("\(folder)/\(name)") }
            rmdir(folder)
        }

        func get(caFile: String?) throws -> Reply? {
            try CurlTransport(
                configuration: .init(baseAddress: "https://127.0.0.1:\(port)", caFile: caFile)
            ).send(Sample.get("/"))
        }
    }

    @Test func onlyTheRightRootIsTrusted() throws {
        let server = try Server(names: "IP:127.0.0.1")
        #expect(try server.get(caFile: "\(server.folder)/server.pem").answer?.status == 200)
        for caFile in [nil, "\(server.folder)/other.pem", "\(server.folder)/missing.pem"] {
            let failure = try #require(try server.get(caFile: caFile).failure)
            #expect(!failure.isSent)
            #expect(failure.reason.kind == .tls)
        }
    }

    @Test func nameThatDoesNotMatch() throws {
        let server = try Server(names: "DNS:another.example")
        let failure = try #require(try server.get(caFile: "\(server.folder)/server.pem").failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .tls)
    }

    /// A downgrade to a protocol before TLS 1.2 (RFC 8996) is no connection.
    @Test func oldProtocol() throws {
        let server = try Server(names: "IP:127.0.0.1", ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
        let failure = try #require(try server.get(caFile: "\(server.folder)/server.pem").failure)
        #expect(!failure.isSent)
        #expect(failure.reason.kind == .tls)
    }
}
