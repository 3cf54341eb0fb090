import GRDB

/// What the rows of the plan were when they were held against what was approved. A run goes on for hours, and whoever
/// can write to the file's bytes needs no commit of SQLite's, which would be noticed: so each row is compared again as
/// it is loaded to be sent.
///
/// 12 bytes for each project. Hashed with this process's own key, so that nobody can look for a row with the same hash.
struct SealedRows {
    private var hashes: [Int] = []
    private var waves: [Int32] = []

    var isEmpty: Bool { hashes.isEmpty }

    /// `row`: of `plan` and `project`. `count`: of all projects; places go from 1 to it.
    /// - Throws: `OddValue`.
    mutating func add(_ row: Row, revision: Int, of count: Int) throws {
        let place = try row.integer("ordinal")
        guard (1...max(1, count)).contains(place) else { throw OddValue(column: "ordinal") }
        if hashes.count < count {
            hashes += Array(repeating: 0, count: count - hashes.count)
            waves += Array(repeating: 0, count: count - waves.count)
        }
        hashes[place - 1] = try Self.hash(row, revision)
    }

    /// Waves are settled after the plan was sealed, and are approved with it.
    mutating func settle(wave: Int?, of place: Int) {
        guard waves.indices.contains(place - 1) else { return }
        waves[place - 1] = Int32(wave ?? 0)
    }

    func hold(_ row: Row, revision: Int) throws -> Bool {
        let place = try row.integer("ordinal")
        guard hashes.indices.contains(place - 1) else { return false }
        return try hashes[place - 1] == Self.hash(row, revision)
            && waves[place - 1] == Int32(try row.optionalWave("wave") ?? 0)
    }

    private static let columns = ["project_id", "class", "live", "provider", "changes", "body", "role"]

    private static func hash(_ row: Row, _ revision: Int) throws -> Int {
        var hasher = Hasher()
        hasher.combine(revision)
        for column in columns {
            // Bytes, since Swift's texts are equal in several forms of one letter.
            let bytes = try row.optionalText(column).map { Array($0.utf8) }
            hasher.combine(bytes)
        }
        return hasher.finalize()
    }
}
