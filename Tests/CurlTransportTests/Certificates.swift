import CurlTransport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A folder with two certificates that are their own roots, and their keys: `server` and `other`.
final class Certificates {
    static let openssl = Program.path(of: "openssl")
    private let folder: String

    /// - Parameters:
    ///   - names: as in `subjectAltName`.
    ///   - days: until their end; below zero they have ended.
    init(names: String, days: Int) throws {
        let openssl = try #require(Self.openssl)
        var template = Array("/tmp/keyshift-tls-XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        for name in ["server", "other"] {
            let key = [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names)", "-keyout", file("\(name).key"),
                "-out", file("\(name).csr"),
            ]
            // Only `x509` takes days below zero.
            let certificate = [
                "x509", "-req", "-in", file("\(name).csr"), "-copy_extensions", "copy",
                "-signkey", file("\(name).key"), "-days", "\(days)", "-out", file("\(name).pem"),
            ]
            for words in [key, certificate] { try #require(Program(openssl, words)?.wait() == 0) }
        }
    }

    /// Its root, read.
    func roots(_ name: String = "server.pem") throws -> CurlTransport.Roots {
        let stream = try #require(fopen(file(name), "r"))
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, stream)
        return CurlTransport.Roots(path: file(name), certificates: Array(bytes.prefix(count)))
    }

    deinit {
        for name in ["server", "other"] {
            for kind in ["key", "csr", "pem"] { unlink(file("\(name).\(kind)")) }
        }
        rmdir(folder)
    }

    func file(_ name: String) -> String { "\(folder)/\(name)" }
}
