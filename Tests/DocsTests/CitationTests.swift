import Foundation
import Testing

/// Goal: whoever meets "contract section 4" or "facts 2.5" in a comment finds it in this repository. Method: every such
/// word in every file, against the headings of the two pages.
@Suite struct CitationTests {
    @Test func aCitationIsFoundHoweverItIsWritten() {
        func sections(_ text: String) -> [String] { Citation.found(in: text).map(\.section) }
        // In pieces, or this file would be found too.
        let (contract, facts) = ("contr" + "act", "fac" + "ts")
        #expect(sections("/// as said (\(contract) section 4.2): x") == ["4.2"])
        #expect(sections("/// the \(contract)'s section\n    /// 3, in its order") == ["3"])
        #expect(sections("// L of the \(contract), section 4: as") == ["4"])
        #expect(sections("/// the \(contract) (sections 3 and 5).") == ["3", "5"])
        #expect(sections("/// may be gone (\(facts) 8.3,\n/// 8.4).") == ["8.3", "8.4"])
        #expect(sections("/// are read as \(facts) 2, 4 and 5 say") == ["2", "4", "5"])
        #expect(sections("let \(facts) = 3; \(contract) 4; State\(facts) 2").isEmpty)
    }

    @Test func everyCitationResolves() throws {
        let known: [Citation.Library: Set<String>] = [
            .contract: Set(try Page.named("Contract").headings.compactMap(\.number)),
            .facts: Set(try Page.named("AtlasFacts").headings.compactMap(\.number)),
        ]
        var count = 0
        for file in try ThisPackage.files() {
            for citation in Citation.found(in: try ThisPackage.text(file)) {
                count += 1
                #expect(known[citation.library]?.contains(citation.section) == true, "\(file): \(citation)")
            }
        }
        #expect(count > 25)
    }

    /// "TF #409": an issue that a comment leans on is a source of the facts.
    @Test func everyCitedIssueIsASource() throws {
        let facts = try Page.named("AtlasFacts").text
        var count = 0
        for file in try ThisPackage.files() where file.hasSuffix(".swift") {
            for match in try ThisPackage.text(file).matches(of: /\bTF (?:PR )?(#\d+)/) {
                count += 1
                #expect(facts.contains(match.1), "\(file): \(match.1)")
            }
        }
        #expect(count > 0)
    }

    /// Section numbers that the contract gives for itself.
    @Test func theContractKnowsItsOwnSections() throws {
        let page = try Page.named("Contract")
        let known = Set(page.headings.compactMap(\.number))
        let named = page.prose.joined(separator: " ").matches(of: /\bsection (\d+(?:\.\d+)*)/).map {
            String($0.1)
        }
        #expect(named.count > 3)
        for section in named { #expect(known.contains(section), "section \(section)") }
    }

    /// Each statement of the facts says where it comes from, or that nobody knows.
    @Test func everyFactHasASource() throws {
        let page = try Page.named("AtlasFacts")
        let lines = page.text.components(separatedBy: "\n")
        let defined = Set(
            lines.compactMap { $0.prefixMatch(of: /\[([A-Z]+)\]: https:\/\/\S+$/) }.map { $0.1 })
        let used = Set(page.text.matches(of: /\[([A-Z]+)\](?!:)/).map { $0.1 })
        #expect(used == defined && defined.count > 10)

        let begin = try #require(lines.firstIndex { $0.hasPrefix("## 1.") })
        let end = try #require(lines.firstIndex(of: "## Sources"))
        let statements = lines[begin..<end].split { $0.isEmpty || $0.hasPrefix("#") }.flatMap(Self.statements)
        #expect(statements.count > 60)
        for statement in statements {
            let isMarked = statement.contains(/\b[PD] \[[A-Z]+\]/) || statement.contains(/\sI\b/)
            #expect(isMarked || statement.contains(/\b(unproven|unknown)\b/), "\(statement)")
        }
    }

    /// The items of a list, the rows of a table under their header, or a paragraph.
    private static func statements(_ lines: ArraySlice<String>) -> [String] {
        guard lines.first?.hasPrefix("|") != true else { return lines.dropFirst(2).map { $0 } }
        var statements: [String] = []
        for line in lines {
            if line.hasPrefix("- ") || statements.isEmpty {
                statements.append(line)
            } else {
                statements[statements.count - 1] += " " + line
            }
        }
        // What leads to a table is no statement.
        return statements.filter { !$0.hasSuffix("as they are.") }
    }
}
