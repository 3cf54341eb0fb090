import AtlasSimulation
import FoundationEssentials

/// The simulator's memory on disk: a snapshot, and beside it a journal of the projects changed since.
///
/// A change is in the journal before its answer leaves, so it outlives a kill; ordinals of reads are exact only
/// after an orderly stop, which writes a snapshot.
final class StateFile {
    private let path: String
    private let journal: LineFile
    private var lines = 0

    init(path: String) throws {
        self.path = path
        journal = try LineFile(path: path + ".journal")
    }

    /// The state kept there, or nil when there is none yet.
    func load() throws -> SimulatedAtlas? {
        guard FileManager.default.fileExists(atPath: path) else {
            try journal.clear()
            return nil
        }
        let snapshot = try Data(contentsOf: URL(filePath: path))
        let lines = try Data(contentsOf: URL(filePath: path + ".journal"))
        return try SavedAtlas.load(snapshot: Array(snapshot), lines: Array(lines))
    }

    func save(_ atlas: SimulatedAtlas) throws {
        try Data(SavedAtlas.snapshot(atlas)).write(to: URL(filePath: path), options: .atomic)
        try journal.clear()
        lines = 0
    }

    func append(_ atlas: SimulatedAtlas, project: String) throws {
        try journal.append(SavedAtlas.line(atlas, project: project))
        lines += 1
        // Reading the journal back must not take longer than the run did.
        if lines >= 50_000 { try save(atlas) }
    }
}
