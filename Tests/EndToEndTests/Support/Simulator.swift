import Foundation

/// A running `keyshift-simulator` with its files, which lie apart from keyshift's.
final class Simulator {
    let folder: WorkFolder
    private(set) var address = ""
    private(set) var program: Program
    private let flags: [String]
    private let environment: [String: String]
    /// Where the fleet's CSV was written.
    var sheet: String { folder.file("fleet.csv") }

    /// Starts one with its fleet and waits until it listens.
    static func start(_ flags: [String], environment: [String: String] = [:]) async throws -> Simulator {
        let simulator = try Simulator(flags, environment: environment)
        try await simulator.awaitReady()
        return simulator
    }

    private init(_ flags: [String], environment: [String: String]) throws {
        folder = try WorkFolder()
        self.flags = flags
        self.environment = environment
        program = try Self.spawn(folder, flags, environment)
    }

    private static func spawn(
        _ folder: WorkFolder, _ flags: [String], _ environment: [String: String]
    ) throws -> Program {
        try Program(
            Binaries.simulator,
            ["--write-fleet", "fleet.csv", "--ready-file", "ready", "--log", "log.ndjson"] + flags,
            environment: environment, folder: folder.path)
    }

    private func awaitReady() async throws {
        try await eventually("the simulator listens: \(program.err)") {
            guard program.isRunning else { throw Late(description: "the simulator ended: \(program.err)") }
            return folder.has("ready")
        }
        address = try folder.text("ready").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private var port: String { address.split(separator: ":").last.map(String.init) ?? "0" }

    func stop() async throws {
        program.kill(SIGTERM)
        _ = try await program.end(within: .seconds(20))
    }

    /// It answers nothing until `goOn`.
    func pause() { program.kill(SIGSTOP) }

    func goOn() { program.kill(SIGCONT) }

    /// It dies as in a power cut.
    func crash() async throws {
        program.kill(SIGKILL)
        _ = try await program.end(within: .seconds(20))
    }

    /// Starts it again at the same address; needs `--state` among the flags. `more` come on top.
    func restart(_ more: [String] = []) async throws {
        try FileManager.default.removeItem(atPath: folder.file("ready"))
        program = try Self.spawn(folder, flags + more + ["--port", port], environment)
        try await awaitReady()
    }

    func truth() throws -> Truth {
        try JSONDecoder().decode(Truth.self, from: try truthData())
    }

    /// The truth with every field that the API has.
    func truthData() throws -> Data { try page("truth") }

    /// All requests so far, those of earlier starts included.
    func log() throws -> [Request] {
        let decoder = JSONDecoder()
        let end = UInt8(ascii: "\n")
        let bytes = try folder.bytes("log.ndjson")
        // The last line may be on its way.
        let whole = bytes.prefix(upTo: bytes.lastIndex(of: end) ?? bytes.startIndex)
        return try whole.split(separator: end).map { try decoder.decode(Request.self, from: Data($0)) }
    }

    /// The bodies of all PATCHes, as JSON, without their secrets.
    func changeBodies() throws -> [String] {
        try folder.text("log.ndjson").split(separator: "\n").filter { $0.contains("\"method\":\"PATCH\"") }
            .compactMap { line in
                guard let start = line.range(of: "\"body\":"), let end = line.range(of: ",\"code\":") else {
                    return nil
                }
                return String(line[start.upperBound..<end.lowerBound])
            }
    }

    var logSize: Int { folder.size("log.ndjson") }

    /// PATCHes that have arrived.
    func changeCount() throws -> Int { try log().filter(\.isChange).count }

    struct NoAnswer: Error { var to: String }

    private func page(_ name: String) throws -> Data {
        try exchange("GET /_simulator/\(name) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    }

    /// A bearer token of its own, for a server in front of it.
    func token() throws -> String {
        let basic = Data("\(Desk.clientID):\(Desk.clientSecret)".utf8).base64EncodedString()
        let form = "grant_type=client_credentials"
        let answer = try exchange(
            "POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Authorization: Basic \(basic)\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(form.utf8.count)\r\n\r\n\(form)")
        struct Answer: Decodable { var access_token: String }
        return try JSONDecoder().decode(Answer.self, from: answer).access_token
    }

    /// Sends one message; the answer's body.
    private func exchange(_ text: String) throws -> Data {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(port).map(\.bigEndian) ?? 0
        place.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw NoAnswer(to: text) }
        _ = send(socket, text, text.utf8.count, 0)
        var answer = Data()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(socket, &bytes, bytes.count, 0)
            if count <= 0 { break }
            answer.append(contentsOf: bytes.prefix(count))
        }
        guard let head = answer.firstRange(of: Data("\r\n\r\n".utf8)) else { throw NoAnswer(to: text) }
        return answer.suffix(from: head.upperBound)
    }
}
