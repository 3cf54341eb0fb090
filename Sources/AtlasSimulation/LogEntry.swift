package import AtlasAPI

/// One request in the simulator's log: what came, what was decided, what changed.
package struct LogEntry: Sendable {
    package var sequence: Int
    /// Milliseconds since 1970.
    package var time: Int64
    /// How often the simulator has been started with this state; 1 at first.
    package var generation: Int
    package var method: String
    package var path: String
    package var project: String?
    package var isAuthenticated = false
    /// `token N` or `key`; nil for a request that is not authenticated.
    package var principal: String?
    /// Number among the authenticated requests of this project and method.
    package var ordinal: Int?
    /// The status decided, also when it was not delivered.
    package var status = 0
    package var code: String?
    /// `answered`, `reset`, `hung` or `cut`.
    package var delivery = "answered"
    package var fault: String?
    package var aftermath: [String] = []
    /// Fingerprints of the project's true encryption state.
    package var before: String?
    package var after: String?
    /// The body of a PATCH or POST without its secrets.
    package var body: JSONValue?
    /// Whether the request changed the state.
    package var applied = false
    /// Whether another request of the same project was open.
    package var overlapped = false
    package var violations: [String] = []
    package var delay: Int64 = 0

    package init(sequence: Int, time: Int64, generation: Int, method: String, path: String) {
        self.sequence = sequence
        self.time = time
        self.generation = generation
        self.method = method
        self.path = path
    }

    /// One object with always the same keys.
    package var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return .object([
            "sequence": .number(Double(sequence)), "time": .number(Double(time)),
            "generation": .number(Double(generation)), "method": .string(method), "path": .string(path),
            "project": text(project), "authenticated": .bool(isAuthenticated), "principal": text(principal),
            "ordinal": ordinal.map { .number(Double($0)) } ?? .null, "status": .number(Double(status)),
            "code": text(code), "delivery": .string(delivery), "fault": text(fault),
            "aftermath": .array(aftermath.map { .string($0) }), "before": text(before), "after": text(after),
            "body": body ?? .null, "applied": .bool(applied), "overlapped": .bool(overlapped),
            "violations": .array(violations.map { .string($0) }), "delay": .number(Double(delay)),
        ])
    }
}
