import Foundation

/// Servers that nobody here wrote, as `scripts/servers` unpacks them.
enum Servers {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = package.appending(path: ".build/servers").path
    /// False where they could not be had; their tests are then shown as skipped.
    static let areThere = FileManager.default.fileExists(atPath: folder + "/packages")
    static let pythonPath = folder + "/usr/lib/python3/dist-packages"

    static func script(_ name: String) -> String { package.appending(path: "Tests/Servers/\(name)").path }
}
