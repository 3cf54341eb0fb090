package import AtlasAPI

/// How a wave stands when all of it has ended: what its gate goes by.
package struct WaveTally: Hashable, Sendable {
    package var wave: Int
    package var projects: Int
    /// Projects that are neither `changed` nor `unchanged`, and whose failure nobody has accepted.
    package var unresolved: [ProjectResult: Int]
    /// One of them.
    package var example: ProjectID?
    /// The wave after it; nil for the last.
    package var next: Int?

    package init(
        wave: Int, projects: Int, unresolved: [ProjectResult: Int] = [:], example: ProjectID? = nil,
        next: Int? = nil
    ) {
        self.wave = wave
        self.projects = projects
        self.unresolved = unresolved
        self.example = example
        self.next = next
    }

    package var isGood: Bool { unresolved.values.allSatisfy { $0 == 0 } }

    /// `wave 2: of 5 projects 1 failed, 1 drifted, such as 65…`
    package var arithmetic: String {
        let counts = ProjectResult.allCases.compactMap { result in
            unresolved[result].flatMap { $0 > 0 ? "\($0) \(result.rawValue)" : nil }
        }
        let named = example.map { ", such as \($0)" } ?? ""
        return "wave \(wave): of \(projects) projects \(counts.joined(separator: ", "))\(named)"
    }
}
