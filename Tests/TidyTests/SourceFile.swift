import Foundation

/// One file of `Sources/` with what the checks need of it.
struct SourceFile {
    /// From the package's folder.
    let path: String
    let lines: [String]
    let swift: SwiftText

    init(path: String, text: String) {
        self.path = path
        var lines = text.components(separatedBy: "\n")
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
        swift = SwiftText(text)
    }

    /// `JobStore` for `Sources/JobStore/Schema.swift`.
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// Something in a file that the project does not want.
struct Violation: Hashable, CustomStringConvertible {
    var path: String
    var line: Int
    var what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// The package's own files.
enum Tree {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func sources() throws -> [SourceFile] { try swiftFiles(under: "Sources") }

    static func tests() throws -> [SourceFile] { try swiftFiles(under: "Tests") }

    private static func swiftFiles(under folder: String) throws -> [SourceFile] {
        try files(under: folder).filter { $0.hasSuffix(".swift") }.map {
            SourceFile(path: $0, text: try text($0))
        }
    }

    /// Everything that is meant to be tracked.
    static func everything() throws -> [String] {
        let folders = ["Sources", "Tests", "scripts", "plans", ".ci"]
        return try folders.flatMap { try files(under: $0) } + [
            "Package.swift", "README.md", ".gitignore", ".editorconfig",
        ]
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    private static func files(under folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path).sorted().map {
            "\(folder)/\($0)"
        }.filter {
            var isFolder: ObjCBool = false
            let path = root.appending(path: $0).path
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
