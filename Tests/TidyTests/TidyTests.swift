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

    /// The arrows point down only, and Package.swift alone says which there are.
    @Test func everyImportIsDeclared() throws {
        let manifest = Manifest(try Tree.text("Package.swift"))
        let files = try Tree.sources() + Tree.tests()
        let violations = files.flatMap { Checks.imports($0, manifest) }
        #expect(violations.isEmpty, "\(violations.map(\.description).joined(separator: "\n"))")
    }

    @Test func everyDeclaredModuleIsImported() throws {
        let manifest = Manifest(try Tree.text("Package.swift"))
        let files = Dictionary(grouping: try Tree.sources(), by: \.target)
        #expect(files.count > 10 && Set(files.keys).isSubset(of: manifest.targets.keys))
        for (target, sources) in files {
            let imported = Set(sources.flatMap(Checks.modules))
            #expect(manifest.targets[target]?.subtracting(imported) == [], "\(target)")
        }
    }

    /// What users build has no flag that only we need, and what we build has the same flags everywhere, or the folder
    /// would be built anew, dependencies too.
    @Test func everyDebugBuildHasTheSameFlags() throws {
        let manifest = try Tree.text("Package.swift")
        #expect(!manifest.contains("warnings-as-errors"))
        #expect(
            manifest.matches(of: /\.package\(url: [^)]*exact: "/).count
                == manifest.matches(of: /\.package\(url:/).count)
        let build = try Tree.text("scripts/build")
        #expect(build.contains("-Xswiftc -warnings-as-errors"))
        #expect(build.contains("--explicit-target-dependency-import-check error"))
        for path in try Tree.everything() where path.hasPrefix("scripts/") || path.hasPrefix(".ci/") {
            for line in try Tree.text(path).split(separator: "\n") where path != "scripts/build" {
                guard line.contains(/^[^#]*\bswift (?:build|run)\b/), !line.contains("--show-bin-path") else {
                    continue
                }
                #expect(line.contains("-c release"), "\(path): \(line)")
            }
        }
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
