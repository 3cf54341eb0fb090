/// What the project does not want in its sources, each as a function from a file to violations.
enum Checks {
    static let all: [@Sendable (SourceFile) -> [Violation]] = [
        sqlOutsideJobStore, curlOutsideCurlTransport, fullFoundation, forbiddenCode, unfinished, emptyNames,
        longFile, longLines, longFunctions,
    ]

    @Sendable static func sqlOutsideJobStore(_ file: SourceFile) -> [Violation] {
        guard file.target != "JobStore" else { return [] }
        return file.swift.literals.compactMap { literal in
            let sql = /\b(SELECT\s|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|PRAGMA\s)/
            guard let match = literal.text.firstMatch(of: sql) else { return nil }
            return Violation(path: file.path, line: literal.line, what: "SQL outside JobStore: \(match.1)")
        }
    }

    @Sendable static func curlOutsideCurlTransport(_ file: SourceFile) -> [Violation] {
        guard !["CurlTransport", "CCurl"].contains(file.target) else { return [] }
        return code(file) { line in
            guard line.contains("curl_") || line.contains("CURL") else { return nil }
            return line.firstMatch(of: /\b(curl_\w*|CURL\w*)/).map { "\($0.1) outside CurlTransport" }
        }
    }

    /// Pure targets can do without files, processes and clocks.
    @Sendable static func fullFoundation(_ file: SourceFile) -> [Violation] {
        let pure = [
            "AtlasAPI", "FleetCSV", "TargetFiles", "MigrationCore", "Reporting", "AtlasSimulation",
        ]
        guard pure.contains(file.target) else { return [] }
        return code(file) { line in
            imported(line) == "Foundation" ? "full Foundation in a pure target" : nil
        }
    }

    @Sendable static func forbiddenCode(_ file: SourceFile) -> [Violation] {
        let words = ["try!", "as!", "fatalError(", "@unchecked Sendable", "nonisolated(unsafe)"]
        return code(file) { line in
            if let word = words.first(where: line.contains) { return "\(word) in code" }
            guard line.contains("print(") else { return nil }
            return line.firstMatch(of: /(^|[^\w.])print\(/).map { _ in
                "print( instead of a report or a Console"
            }
        }
    }

    @Sendable static func unfinished(_ file: SourceFile) -> [Violation] {
        file.lines.indices.compactMap { index in
            guard ["TODO", "FIXME"].contains(where: file.lines[index].contains) else { return nil }
            return file.lines[index].firstMatch(of: /\b(TODO|FIXME)\b/).map {
                Violation(path: file.path, line: index + 1, what: "\($0.1)")
            }
        }
    }

    /// Names that say nothing of what a type does.
    @Sendable static func emptyNames(_ file: SourceFile) -> [Violation] {
        let declared = code(file) { line in
            guard ["Manager", "Helper", "Util", "Impl"].contains(where: line.contains) else { return nil }
            let type =
                /\b(?:class|struct|enum|actor|protocol|typealias|extension)\s+(\w*(?:Manager|Helper|Utils?|Impl)s?)\b/
            guard let match = line.firstMatch(of: type), match.1 != "FileManager" else { return nil }
            return "a name that says nothing: \(match.1)"
        }
        let isEmpty = file.name.contains(/(Manager|Helper|Utils?|Impl)s?\.swift$/)
        return declared
            + (isEmpty ? [Violation(path: file.path, line: 1, what: "a file name that says nothing")] : [])
    }

    @Sendable static func longFile(_ file: SourceFile) -> [Violation] {
        guard file.lines.count > 400 else { return [] }
        return [Violation(path: file.path, line: 401, what: "\(file.lines.count) lines; 400 at most")]
    }

    /// The formatter keeps code within 110 columns; what it can't break, comments and texts, gets ten more.
    @Sendable static func longLines(_ file: SourceFile) -> [Violation] {
        let limit = 120
        return file.lines.enumerated().filter { $0.element.utf8.count > limit && $0.element.count > limit }
            .map {
                Violation(
                    path: file.path, line: $0.offset + 1,
                    what: "\($0.element.count) columns; \(limit) at most")
            }
    }

    /// Counted from the line of `func` or `init` to that of its closing brace.
    @Sendable static func longFunctions(_ file: SourceFile) -> [Violation] {
        file.swift.code.indices.compactMap { start in
            guard isFunction(file.swift.code[start]), let end = bodyEnd(file.swift.code, from: start) else {
                return nil
            }
            let count = end - start + 1
            guard count > 60 else { return nil }
            return Violation(
                path: file.path, line: start + 1, what: "a function of \(count) lines; 60 at most")
        }
    }

    /// A file imports only what its target declares in Package.swift.
    static func imports(_ file: SourceFile, _ manifest: Manifest) -> [Violation] {
        guard let declared = manifest.targets[file.target] else {
            return [Violation(path: file.path, line: 1, what: "unknown target \(file.target)")]
        }
        return code(file) { line in
            guard let module = imported(line), !Manifest.ofTheSystem.contains(module),
                !declared.contains(module)
            else { return nil }
            return "\(file.target) may not import \(module): Package.swift does not declare it"
        }
    }

    /// The modules that a file imports.
    static func modules(_ file: SourceFile) -> [String] { file.swift.code.compactMap(imported) }

    // MARK: Parts

    private static func code(_ file: SourceFile, _ check: (String) -> String?) -> [Violation] {
        file.swift.code.enumerated().compactMap { index, line in
            check(line).map { Violation(path: file.path, line: index + 1, what: $0) }
        }
    }

    private static func imported(_ line: String) -> String? {
        guard line.contains("import ") else { return nil }
        let pattern =
            /^\s*(?:@\w+\s+)*(?:(?:package|public|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|var|let)\s+)?(\w+)/
        return line.firstMatch(of: pattern).map { String($0.1) }
    }

    private static func isFunction(_ line: String) -> Bool {
        guard line.contains("func ") || line.contains("init") || line.contains("subscript") else {
            return false
        }
        return line.contains(
            /^\s*(?:@\w+(?:\(.*?\))?\s+)*(?:[a-z]+(?:\(\w+\))?\s+)*(?:func\s|init[?(<]|subscript[(<])/)
            && !line.contains(/^\s*(?:return|let|var|case|try|if|guard|for|switch|self)\b/)
    }

    /// The line of the brace that closes the body; nil for a declaration without one.
    private static func bodyEnd(_ code: [String], from start: Int) -> Int? {
        var (parentheses, braces) = (0, 0)
        for index in start..<code.count {
            if braces == 0, parentheses == 0, index > start {
                let next = code[index].drop { $0 == " " }
                guard ["{", "->", "where", "throws", "async"].contains(where: next.hasPrefix) else {
                    return nil
                }
            }
            for character in code[index] {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where parentheses == 0 || braces > 0: braces += 1
                case "}" where braces > 0:
                    braces -= 1
                    if braces == 0 { return index }
                default: continue
                }
            }
        }
        return nil
    }
}
