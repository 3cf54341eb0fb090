import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A real TCP server on loopback that does what a script says and keeps every request it received.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        var connection: Int
        /// 0 for the connection's first request.
        var turn: Int
        var method: String
        var path: String
        var head: String
        var body: [UInt8] = []

        /// The first header of that name.
        subscript(name: String) -> String? {
            for line in head.split(whereSeparator: \.isNewline).dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { continue }
                return String(parts[1].drop { $0 == " " })
            }
            return nil
        }

        var isAuthenticated: Bool { self["Authorization"] != nil }
    }

    enum Action: Sendable {
        case answer([UInt8])
        case answerThenClose([UInt8])
        case answerThenReset([UInt8])
        case answerThenHang([UInt8])
        /// The connection dies, and nobody listens any more.
        case leave(reset: Bool)
        /// The first, and then the second again and again, for as long as somebody reads; waits that many
        /// microseconds before each.
        case answerForEver([UInt8], [UInt8], pause: UInt32 = 0)
    }

    typealias Script = @Sendable (Request) -> Action

    let port: UInt16
    private let state: State

    /// - Parameters:
    ///   - early: asked when a request's headers have come; nil goes on to read its body.
    ///   - script: asked when a request has come as a whole.
    init(early: @escaping @Sendable (Request) -> Action? = { _ in nil }, _ script: @escaping Script) {
        let listener = Socket.listen()
        port = listener.port
        let state = State(listener: listener.descriptor)
        self.state = state
        onNewThread {
            var count = 0
            while let descriptor = Socket.accept(state.listener) {
                guard state.open(descriptor) else { break }
                let connection = Connection(number: count, descriptor: descriptor, state: state)
                count += 1
                onNewThread { connection.serve(early, script) }
            }
            close(state.listener)
        }
    }

    deinit { state.stop() }

    var address: String { "http://127.0.0.1:\(port)" }
    /// Every request whose headers came whole, in the order of arrival.
    var requests: [Request] { state.requests.withLock { $0 } }
    /// Bytes that `answerForEver` got rid of.
    var endlessBytes: Int { state.endlessBytes.load(ordering: .relaxed) }
    var connectionCount: Int { state.connections.withLock { $0.total } }

    /// Shared with the server's threads, which may outlive the server by a moment.
    final class State: Sendable {
        struct Connections {
            var open: Set<Int32> = []
            var total = 0
            var isStopped = false
        }

        let listener: Int32
        let requests = Mutex<[Request]>([])
        let connections = Mutex(Connections())
        let endlessBytes = Atomic<Int>(0)

        init(listener: Int32) { self.listener = listener }

        func open(_ descriptor: Int32) -> Bool {
            connections.withLock {
                $0.open.insert(descriptor)
                $0.total += 1
                return !$0.isStopped
            }
        }

        func close(_ descriptor: Int32, reset: Bool) {
            connections.withLock {
                $0.open.remove(descriptor)
                if reset { Socket.makeCloseReset(descriptor) }
                #if canImport(Darwin)
                    Darwin.close(descriptor)
                #else
                    Glibc.close(descriptor)
                #endif
            }
        }

        func stop() {
            connections.withLock {
                $0.isStopped = true
                shutdown(listener, Int32(SHUT_RDWR))
                for descriptor in $0.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            }
        }
    }
}

/// One accepted connection, on its own thread.
private struct Connection: Sendable {
    let number: Int
    let descriptor: Int32
    let state: LoopbackServer.State

    func serve(_ early: (LoopbackServer.Request) -> LoopbackServer.Action?, _ script: LoopbackServer.Script) {
        var pending: [UInt8] = []
        var turn = 0
        while var request = readHead(&pending, turn) {
            let index = state.requests.withLock {
                $0.append(request)
                return $0.count - 1
            }
            var action = early(request)
            if action == nil {
                guard let body = readBody(request, &pending) else { break }
                request.body = body
                state.requests.withLock { $0[index].body = body }
                action = script(request)
            }
            turn += 1
            switch action {
            case .answer(let bytes): Socket.send(descriptor, bytes)
            case .answerThenClose(let bytes):
                Socket.send(descriptor, bytes)
                return state.close(descriptor, reset: false)
            case .answerThenReset(let bytes):
                Socket.send(descriptor, bytes)
                return state.close(descriptor, reset: true)
            case .answerThenHang(let bytes):
                Socket.send(descriptor, bytes)
                while !Socket.receive(descriptor).isEmpty {}
                return state.close(descriptor, reset: false)
            case .leave(let reset):
                shutdown(state.listener, Int32(SHUT_RDWR))
                return state.close(descriptor, reset: reset)
            case .answerForEver(let start, let piece, let pause):
                Socket.send(descriptor, start)
                repeat {
                    state.endlessBytes.add(piece.count, ordering: .relaxed)
                    usleep(pause)
                } while Socket.send(descriptor, piece)
                return state.close(descriptor, reset: false)
            case nil: break
            }
        }
        state.close(descriptor, reset: false)
    }

    private func readHead(_ pending: inout [UInt8], _ turn: Int) -> LoopbackServer.Request? {
        let mark = Array("\r\n\r\n".utf8)
        while true {
            if let end = pending.indices.first(where: { pending[$0...].starts(with: mark) }) {
                let head = String(decoding: pending[..<end], as: UTF8.self)
                pending.removeFirst(end + mark.count)
                let words = head.prefix { !$0.isNewline }.split(separator: " ")
                return LoopbackServer.Request(
                    connection: number, turn: turn, method: words.first.map(String.init) ?? "",
                    path: words.count > 1 ? String(words[1]) : "", head: head)
            }
            let more = Socket.receive(descriptor)
            if more.isEmpty { return nil }
            pending += more
        }
    }

    private func readBody(_ request: LoopbackServer.Request, _ pending: inout [UInt8]) -> [UInt8]? {
        let length = request["Content-Length"].flatMap(Int.init) ?? 0
        while pending.count < length {
            let more = Socket.receive(descriptor)
            if more.isEmpty { return nil }
            pending += more
        }
        defer { pending.removeFirst(length) }
        return Array(pending[..<length])
    }
}
