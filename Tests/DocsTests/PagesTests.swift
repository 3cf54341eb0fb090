import ArgumentParser
import Foundation
import KeyshiftCommands
import Testing

/// Goal: what the README and the pages name is there: paths, types, other pages, commands. Method: everything between
/// backticks that looks like one of ours, every link, every console line.
@Suite struct PagesTests {
    @Test func thePagesAreFound() throws {
        let pages = try Page.all().map(\.path)
        #expect(pages.count > 10 && pages.contains("\(Page.folder)/Decisions/GRDB.md"))
    }

    @Test func everyPathExists() throws {
        let files = try ThisPackage.files()
        var count = 0
        for page in try Page.all() {
            for word in page.code where Self.isPath(word) {
                count += 1
                let isThere =
                    word.contains("*")
                    ? files.contains { Self.matches($0, word) } : ThisPackage.exists(word)
                #expect(isThere, "\(page.path): \(word)")
            }
        }
        #expect(count > 40)
    }

    private static let roots: Set<Substring> = ["Sources", "Tests", "scripts", "plans", ".ci"]

    private static func isPath(_ word: String) -> Bool {
        guard !word.contains(" "), !word.contains("$") else { return false }
        if word.hasSuffix(".swift") { return true }
        guard let slash = word.firstIndex(of: "/") else { return false }
        return roots.contains(word[..<slash])
    }

    /// With one `*` for what may stand there.
    private static func matches(_ path: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        let name = pattern.contains("/") ? path : path.split(separator: "/").last.map(String.init) ?? path
        return parts.count == 2 && name.hasPrefix(parts[0]) && name.hasSuffix(parts[1])
    }

    @Test func everyTypeExists() throws {
        let sources = try ThisPackage.files().filter { $0.hasSuffix(".swift") }
        var known = Set(sources.flatMap { $0.split(separator: "/") })
        for source in sources {
            let text = try ThisPackage.text(source)
            let declaration = /\b(?:struct|class|enum|protocol|actor|typealias)\s+([A-Z]\w+)/
            known.formUnion(text.matches(of: declaration).map(\.1))
        }
        var count = 0
        for page in try Page.all() {
            for word in page.code where !Self.isPath(word) {
                guard let type = word.wholeMatch(of: /([A-Z]\w*[a-z]\w*)(?:\.\w+)?/)?.1 else { continue }
                count += 1
                #expect(known.contains(type), "\(page.path): \(word)")
            }
        }
        #expect(count > 25)
    }

    @Test func everyLinkResolves() throws {
        var count = 0
        for page in try Page.all() {
            for link in page.links where !link.hasPrefix("https://") {
                count += 1
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let folder = (page.path as NSString).deletingLastPathComponent
                let path =
                    parts[0].isEmpty
                    ? page.path
                    : ((folder as NSString).appendingPathComponent(String(parts[0])) as NSString)
                        .standardizingPath
                guard ThisPackage.exists(path) else {
                    Issue.record("\(page.path): \(link) leads nowhere")
                    continue
                }
                guard parts.count == 2 else { continue }
                let anchors = try Page(path).headings.map(\.anchor)
                #expect(anchors.contains(String(parts[1])), "\(page.path): \(link)")
            }
        }
        #expect(count > 20)
    }

    /// A page that nothing leads to is not read.
    @Test func everyPageIsLinkedFromTheReadme() throws {
        let links = Set(try Page("README.md").links)
        for page in try Page.all() where page.path != "README.md" {
            #expect(links.contains(page.path), "\(page.path)")
        }
    }

    /// Each line of a console block, and each `keyshift …` between backticks, is a command that keyshift takes.
    @Test func everyKeyshiftCommandParses() throws {
        var helped: [String] = []
        var count = 0
        for page in try Page.all() {
            let inline = page.code.filter { $0.hasPrefix("keyshift ") && !$0.hasPrefix("keyshift --") }
            for command in page.commands.filter({ $0.hasPrefix("keyshift ") }) + inline {
                count += 1
                let words = Self.words(command)
                if words.first == "help" {
                    helped.append(command)
                    continue
                }
                do {
                    _ = try Keyshift.parseAsRoot(words)
                } catch {
                    Issue.record("\(page.path): \(command): \(Keyshift.message(for: error))")
                }
            }
        }
        #expect(count > 20)
        let session = try ShellSession()
        defer { session.remove() }
        let ended = try session.run(helped)
        #expect(ended.status == 0 && !helped.isEmpty, "\(ended)")
    }

    /// What the shell would hand on: nothing of pipes, redirections and `&`; names in capitals stand for values.
    private static func words(_ command: String) -> [String] {
        let stops: Set<Substring> = ["|", ">", "<", "2>", "&", "&&"]
        return command.split(separator: " ").dropFirst().prefix { !stops.contains($0) }.map {
            $0 == "N" ? "3" : $0.trimmingCharacters(in: ["'"])
        }
    }

    /// A script on a page is there, and says each flag that is given to it.
    @Test func everyOtherCommandIsKnown() throws {
        let declared = try ThisPackage.files().filter { $0.hasPrefix("Tests/") && $0.hasSuffix(".swift") }
            .map(ThisPackage.text).joined(separator: "\n")
        for page in try Page.all() where page.path != "README.md" {
            for command in page.commands {
                let words = command.split(separator: " ").map(String.init)
                switch words[0] {
                case "keyshift", "sqlite3": continue
                case "scripts/test" where words.count > 2:
                    for name in words[2].split(separator: "/") {
                        let isThere =
                            declared.contains("struct \(name)") || declared.contains("func \(name)(")
                        #expect(isThere, "\(page.path): \(command)")
                    }
                default:
                    guard Self.isPath(words[0]), ThisPackage.exists(words[0]) else {
                        Issue.record("\(page.path): '\(command)' is run by no test")
                        continue
                    }
                    let script = try ThisPackage.text(words[0])
                    for flag in words.filter({ $0.hasPrefix("--") }) {
                        #expect(script.contains(flag), "\(page.path): \(command)")
                    }
                }
            }
        }
    }

    @Test func theReleaseNotesHaveThisVersion() throws {
        let titles = try Page.named("ReleaseNotes").headings.map(\.title)
        #expect(titles.contains(Keyshift.version))
    }
}
