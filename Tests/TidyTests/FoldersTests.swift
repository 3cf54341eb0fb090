import Foundation
import Testing

/// Goal: the folders of a target are floors, as the architecture's page lists them. Method: the page's list, the folders,
/// and which types each file of `Sources` names.
@Suite struct FoldersTests {
    @Test func aFolderUsesOnlyWhatIsBelow() throws {
        let floors = try Floors.ofThePage()
        #expect(floors.count >= 3)
        for (target, sources) in try Self.sourcesInFolders() {
            let violations = Floors.violations(in: sources, order: floors[target] ?? [])
            #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
        }
    }

    @Test func thePageListsTheFoldersThatThereAre() throws {
        let listed = try Floors.ofThePage()
        for (target, sources) in try Self.sourcesInFolders() {
            let folders = Set(sources.map(\.folder)).subtracting([""])
            #expect(Set(listed[target] ?? []) == folders, "\(target)")
        }
    }

    @Test func aCircleIsSeen() {
        let below = SourceFile(path: "Sources/T/Low/Stone.swift", text: "struct Stone { var use: Tower }\n")
        let above = SourceFile(path: "Sources/T/High/Tower.swift", text: "struct Tower { var use: Stone }\n")
        let found = Floors.violations(in: [below, above], order: ["High", "Low"])
        #expect(found == ["Sources/T/Low/Stone.swift uses Tower of High, which is above it"])
        #expect(Floors.violations(in: [above], order: ["High", "Low"]).isEmpty)
    }

    @Test func textsCommentsAndNestedNamesAreNoUse() {
        let below = SourceFile(
            path: "Sources/T/Low/Stone.swift",
            text: """
                /// Carries a Tower.
                struct Stone {
                    struct Tower {}
                    var own: Tower
                    var other = Wall.Roof()
                    var word = "Roof"
                }
                enum Wall {
                    struct Roof {}
                }
                """)
        let above = SourceFile(path: "Sources/T/High/Tower.swift", text: "struct Tower {}\nstruct Roof {}\n")
        #expect(Floors.violations(in: [below, above], order: ["High", "Low"]).isEmpty)
    }

    /// The files of each target that has Swift files in folders; those beside the folders stand above them all.
    private static func sourcesInFolders() throws -> [String: [SourceFile]] {
        Dictionary(grouping: try Tree.sources(), by: \.target).filter { _, sources in
            sources.contains { !$0.folder.isEmpty }
        }
    }
}

/// The order of a target's folders, and what goes against it.
enum Floors {
    /// Each target's folders from the top, by the architecture's page.
    static func ofThePage() throws -> [String: [String]] {
        let page = try Tree.text("Sources/keyshift/Documentation.docc/Architecture.md")
        let section = page.components(separatedBy: "\n## ").first { $0.hasPrefix("Folders\n") } ?? ""
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
            row.matches(of: /`([\w-]+)`/).map { String($0.1) }
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], Array($0.dropFirst())) })
    }

    /// Each use of a type of a folder above, by names: the sources of one target, and its folders from the top.
    static func violations(in sources: [SourceFile], order: [String]) -> [String] {
        var homes: [String: Set<String>] = [:]
        for source in sources {
            for type in source.types(indented: false) { homes[type, default: []].insert(source.folder) }
        }
        let floor = { (folder: String) in order.firstIndex(of: folder) ?? -1 }
        return sources.flatMap { source in
            let own = Set(source.types(indented: true))
            return source.names.subtracting(own).sorted().compactMap { name -> String? in
                // A type of one name in two folders is one of those below when there is one.
                guard let home = homes[name]?.max(by: { floor($0) < floor($1) }), home != source.folder,
                    floor(home) < floor(source.folder)
                else { return nil }
                return "\(source.path) uses \(name) of \(home), which is above it"
            }
        }
    }
}

extension SourceFile {
    /// `Engine` for `Sources/MigrationCore/Engine/Turn.swift`; empty for a file beside the folders.
    var folder: String {
        let parts = path.split(separator: "/")
        return parts.count > 3 ? String(parts[2]) : ""
    }

    /// The types that it declares; `indented`: those inside of others too.
    fileprivate func types(indented: Bool) -> [String] {
        let pattern = /^(\s*)(?:[a-z]+\s+)*(?:struct|enum|class|protocol|typealias|actor)\s+([A-Z]\w*)/
        return swift.code.compactMap { line in
            guard let match = line.firstMatch(of: pattern), indented || match.1.isEmpty else { return nil }
            return String(match.2)
        }
    }

    /// The types that its code names, but for those that another one's name stands in front of.
    fileprivate var names: Set<String> {
        Set(swift.code.flatMap { $0.matches(of: /(?:^|[^.\w])([A-Z]\w*)/).map { String($0.1) } })
    }
}
