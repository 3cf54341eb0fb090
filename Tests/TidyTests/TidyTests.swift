import Testing

/// The sources keep the shape that the architecture asks for.
@Suite struct TidyTests {
    @Test func sourcesAreTidy() throws {
        let files = try Tree.sources()
        #expect(files.count > 100)
        let violations = files.flatMap { file in Checks.all.flatMap { $0(file) } }
        let listed = violations.map(\.description).joined(separator: "\n")
        #expect(violations.isEmpty, "\(listed)")
    }

    @Test func everyTargetIsKnown() throws {
        #expect(Set(try Tree.sources().map(\.target)) == Set(Checks.arrows.keys))
    }

    /// Paths that exist on one machine only.
    @Test func noFileNamesAMachinesFolders() throws {
        // In pieces, or this file would be found.
        let folders = ["work", "farm", "opt/swift", "root", "Users"].map { "/" + $0 + "/" }
        for path in try Tree.everything() {
            let lines = try Tree.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                for folder in folders {
                    guard let place = line.firstRange(of: folder) else { continue }
                    let before = line[..<place.lowerBound].last
                    // A part of a longer path or address is no machine's folder.
                    let isPart = before.map { $0.isLetter || $0.isNumber || "_.$}-/".contains($0) } ?? false
                    #expect(isPart, "\(path):\(index + 1): \(folder)")
                }
            }
        }
    }

    @Test func scriptsCanBeRun() throws {
        let scripts = try Tree.everything().filter { $0.hasPrefix("scripts/") || $0.hasPrefix(".ci/") }
        #expect(scripts.count >= 6)
        for script in scripts {
            #expect(try Tree.text(script).hasPrefix("#!/usr/bin/env bash\n"), "\(script)")
        }
    }
}
