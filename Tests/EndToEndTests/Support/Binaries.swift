import Foundation

/// The built programs, which the package's tests depend on: they lie beside the test bundle, wherever
/// `--scratch-path` put it.
enum Binaries {
    static let keyshift = path("keyshift")
    static let simulator = path("keyshift-simulator")

    private static func path(_ name: String) -> String {
        let candidates = folders.map { $0.appending(path: name).path }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            fatalError("\(name) is not beside the tests: looked for \(candidates.joined(separator: ", "))")
        }
        return found
    }

    /// Every folder on the way up from the test bundle, then the package's own build folder.
    private static var folders: [URL] {
        let bundles = [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap { $0 }
        let named = CommandLine.arguments.filter { $0.contains(".xctest") }.map { URL(filePath: $0) }
        let above = (bundles + named).flatMap { url in
            sequence(first: url.standardizedFileURL) { $0.path == "/" ? nil : $0.deletingLastPathComponent() }
                .prefix(6)
        }
        return above + [Plans.package.appending(path: ".build/debug")]
    }
}

/// Files of the package that tests use.
enum Plans {
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = package.appending(path: "plans").path
    static var areThere: Bool { FileManager.default.fileExists(atPath: folder) }
}
