import Foundation
import Testing

/// Goal: the program that README's Install makes loads no library from its own folder or from the build machine's.
/// Method: the very command, for a package of one line, since building keyshift so takes minutes; the linker's settings
/// are the command's, not the package's.
@Suite struct InstallTests {
    #if os(Linux)
        @Test func theProgramLooksForLibrariesInNoFolderOfOurs() throws {
            let install = try #require(try Readme().sections.first { $0.title == "Install" })
            let build = try #require(install.commands.first { $0.hasPrefix("swift build ") })
            #expect(try searched(by: build) == [])
            // What would be seen if it did.
            let plain = try searched(by: "swift build -c release --product keyshift")
            #expect(plain.contains { $0.contains("$ORIGIN") })
        }
    #endif

    /// The paths that a program made so carries with it.
    private func searched(by build: String) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "keyshift-docs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let sources = folder.appending(path: "Sources/keyshift")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let manifest = """
            // swift-tools-version: 6.1
            import PackageDescription
            let package = Package(name: "keyshift", targets: [.executableTarget(name: "keyshift")])
            """
        try Data(manifest.utf8).write(to: folder.appending(path: "Package.swift"))
        try Data("@main struct Main { static func main() {} }\n".utf8)
            .write(to: sources.appending(path: "Main.swift"))
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", "\(build) >&2 && .build/release/keyshift && readelf -d .build/release/keyshift",
        ]
        process.currentDirectoryURL = folder
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let read = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let lines = String(decoding: read, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.contains("(NEEDED)") })
        return lines.filter { $0.contains("(RPATH)") || $0.contains("(RUNPATH)") }
    }
}
