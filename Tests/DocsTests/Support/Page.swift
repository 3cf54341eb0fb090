import Foundation

/// A page of the documentation, taken apart as far as the tests need it: a reader of plain Markdown, not of all of it.
struct Page: Sendable {
    struct Block: Sendable {
        /// `console`, `sql`, `yaml`.
        var language: String
        var text: String
    }

    struct Heading: Sendable {
        var title: String
        /// `4.2` of "4.2 Change" and of "4. What…".
        var number: String? { title.prefixMatch(of: #/(\d+(?:\.\d+)*)\.? /#).map { String($0.1) } }

        /// As GitHub makes it of the title.
        var anchor: String {
            String(
                title.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
                    .map { $0 == " " ? "-" : $0 })
        }
    }

    static let folder = "Sources/keyshift/Documentation.docc"

    /// From the package's folder.
    let path: String
    let text: String
    private(set) var blocks: [Block] = []
    private(set) var headings: [Heading] = []
    /// Lines outside of blocks, blank ones included.
    private(set) var prose: [String] = []

    init(_ path: String) throws { self.init(path: path, text: try ThisPackage.text(path)) }

    init(path: String, text: String) {
        self.path = path
        self.text = text
        var block: Block?
        for line in text.components(separatedBy: "\n") {
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.hasPrefix("```") {
                if let ended = block { blocks.append(ended) }
                block = block == nil ? Block(language: String(trimmed.dropFirst(3)), text: "") : nil
            } else if block != nil {
                block?.text += trimmed + "\n"
            } else {
                prose.append(line)
                if let title = line.prefixMatch(of: ##/#+ /##) {
                    headings.append(Heading(title: String(line[title.range.upperBound...])))
                }
            }
        }
    }

    /// The README and every page, so that a new one is tested without being named anywhere.
    static func all() throws -> [Page] {
        let names = try FileManager.default.subpathsOfDirectory(
            atPath: ThisPackage.root.appending(path: folder).path)
        return try ["README.md"].map { try Page($0) }
            + names.filter { $0.hasSuffix(".md") }.sorted().map { try Page("\(folder)/\($0)") }
    }

    static func named(_ name: String) throws -> Page { try Page("\(folder)/\(name).md") }

    /// What stands between backticks.
    var code: [String] { prose.flatMap { line in line.matches(of: /`([^`]+)`/).map { String($0.1) } } }

    /// The `$ ` lines of console blocks.
    var commands: [String] {
        blocks.filter { $0.language == "console" }.flatMap { $0.text.split(separator: "\n") }
            .filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
    }

    var links: [String] {
        prose.flatMap { line in line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) } }
    }

    /// The cells of the rows of each table, with the line before it that is not blank; the header is the first row.
    var tables: [(before: String, rows: [[String]])] {
        var tables: [(before: String, rows: [[String]])] = []
        var before = ""
        var isInside = false
        for line in prose {
            guard line.hasPrefix("|") else {
                isInside = false
                if !line.isEmpty { before = line }
                continue
            }
            if !isInside { tables.append((before, [])) }
            isInside = true
            guard !line.hasPrefix("|-") else { continue }
            let cells = line.dropFirst().dropLast().replacing("\\|", with: "\u{1}").split(
                separator: "|", omittingEmptySubsequences: false)
            tables[tables.count - 1].rows.append(
                cells.map { $0.replacing("\u{1}", with: "|").trimmingCharacters(in: .whitespaces) })
        }
        return tables
    }

    /// The words between backticks in the first column of the table with this header.
    func words(under header: String) -> [String] {
        let rows = tables.first { $0.rows[0][0] == header }?.rows.dropFirst() ?? []
        return rows.flatMap { row in row[0].matches(of: /`([^`]+)`/).map { String($0.1) } }
    }
}
