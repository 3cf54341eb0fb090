import Foundation

/// The files of this package, and its built programs.
enum ThisPackage {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let plans = root.appending(path: "plans")

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// Everything that is tracked and is text, from the package's folder.
    static func files() throws -> [String] {
        let folders = ["Sources", "Tests", "scripts", "plans", ".ci"]
        let paths = try folders.flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path).sorted()
                .map { "\(folder)/\($0)" }
        }
        return paths.filter { !isFolder($0) } + ["Package.swift", "README.md"]
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(
            atPath: root.appending(path: path).path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    struct NotBuilt: Error {
        var looked: [String]
    }

    /// The folder with both programs: on the way up from the test bundle, wherever `--scratch-path` put it.
    static func programs() throws -> URL {
        let bundles = [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap { $0 }
        let named = CommandLine.arguments.filter { $0.contains(".xctest") }.map { URL(filePath: $0) }
        let folders =
            (bundles + named).flatMap { url in
                sequence(first: url.standardizedFileURL) {
                    $0.path == "/" ? nil : $0.deletingLastPathComponent()
                }.prefix(6)
            } + [root.appending(path: ".build/debug")]
        let found = folders.first { folder in
            ["keyshift", "keyshift-simulator"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path)
            }
        }
        guard let found else { throw NotBuilt(looked: folders.map(\.path)) }
        return found
    }
}
