import AtlasAPI
import AtlasSimulation
import FoundationEssentials

/// The model with its files. Lives on the one event loop; nothing else touches it.
final class SimulatedWorld {
    private var atlas: SimulatedAtlas
    private let state: StateFile?
    private let log: LineFile?
    private let truthPath: String?
    /// The newest log lines, for `/_simulator/log`.
    private var recent: [[UInt8]] = []
    private(set) var isStopped = false

    private static let recentLimit = 20_000

    init(atlas: SimulatedAtlas, state: StateFile?, log: LineFile?, truthPath: String?) {
        self.atlas = atlas
        self.state = state
        self.log = log
        self.truthPath = truthPath
    }

    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    /// Decides a request; what has to outlive us is on disk when this returns.
    func handle(_ request: SimulatedRequest) -> SimulatedResponse {
        let response = atlas.handle(request, now: Self.now)
        let line = response.entry.json.canonicalBytes() + [0x0A]
        recent.append(line)
        if recent.count > 2 * Self.recentLimit { recent.removeFirst(Self.recentLimit) }
        do {
            try log?.append(line)
            if let project = response.changedProject {
                try state?.append(atlas, project: project)
            } else if request.path.hasPrefix("/api/oauth/"), response.answer.isSuccess {
                try state?.save(atlas)
            }
        } catch {
            Console.message("keyshift-simulator: \(error)")
        }
        return response
    }

    func finish(_ entry: LogEntry) {
        if let project = entry.project { atlas.finish(project: project, sequence: entry.sequence) }
    }

    /// The pages under `/_simulator/`; nil when there is none of that name.
    func page(_ request: SimulatedRequest) -> (type: String, body: [UInt8])? {
        switch request.path {
        case "/_simulator/health": ("application/json", Array(#"{"status":"ok"}"#.utf8))
        case "/_simulator/truth": ("application/json", atlas.truth(now: Self.now).canonicalBytes())
        case "/_simulator/violations": ("application/json", atlas.violations().canonicalBytes())
        case "/_simulator/log": ("application/x-ndjson", Array(recent.joined()))
        default: nil
        }
    }

    /// Writes everything down and takes no request any more.
    func stop() throws {
        isStopped = true
        try state?.save(atlas)
        if let truthPath {
            let text = atlas.truth(now: Self.now).canonicalBytes() + [0x0A]
            try Data(text).write(to: URL(filePath: truthPath), options: .atomic)
        }
    }
}
