import FoundationEssentials

/// The model as bytes: a snapshot of everything, and lines that bring a snapshot up to date.
package enum SavedAtlas {
    private struct Line: Codable {
        var sequence: Int
        var project: SimulatedProject
    }

    package static func snapshot(_ atlas: SimulatedAtlas) throws -> [UInt8] {
        Array(try JSONEncoder().encode(atlas))
    }

    /// One line, with its line feed, for a project that has changed.
    package static func line(_ atlas: SimulatedAtlas, project: String) throws -> [UInt8] {
        guard let project = atlas.fleet[project] else { return [] }
        return Array(try JSONEncoder().encode(Line(sequence: atlas.sequence, project: project))) + [0x0A]
    }

    /// The model of a snapshot and the lines written since; a last line that was cut off is left out.
    package static func load(snapshot: [UInt8], lines: [UInt8]) throws -> SimulatedAtlas {
        let decoder = JSONDecoder()
        var atlas = try decoder.decode(SimulatedAtlas.self, from: Data(snapshot))
        for line in lines.split(separator: 0x0A) {
            guard let line = try? decoder.decode(Line.self, from: Data(line)) else { break }
            atlas.restore(line.project, sequence: line.sequence)
        }
        return atlas
    }
}
