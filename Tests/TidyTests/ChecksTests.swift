import Testing

/// Each check finds what it is for, and only that.
@Suite struct ChecksTests {
    private func found(
        _ check: (SourceFile) -> [Violation], _ text: String, path: String = "Sources/MigrationCore/A.swift"
    ) -> [Int] {
        check(SourceFile(path: path, text: text)).map(\.line)
    }

    @Test func sql() {
        let text = """
            // SELECT in a comment is prose
            let a = "SELECT id FROM project"
            let b = \"""
                one
                UPDATE project SET name = 1
                \"""
            let c = #"DELETE FROM project"#
            let d = "select one, or PRAGMATIC"
            """
        #expect(found(Checks.sqlOutsideJobStore, text) == [2, 3, 7])
        #expect(found(Checks.sqlOutsideJobStore, text, path: "Sources/JobStore/A.swift").isEmpty)
    }

    @Test func curl() {
        let text = "let a = curl_easy_init()\n// curl_easy_init\nlet b = CURLE_OK\nlet c = CurlTransport()"
        #expect(found(Checks.curlOutsideCurlTransport, text) == [1, 3])
        #expect(found(Checks.curlOutsideCurlTransport, text, path: "Sources/CurlTransport/A.swift").isEmpty)
    }

    @Test func foundation() {
        let text = "import FoundationEssentials\nimport Foundation\npackage import Foundation"
        #expect(found(Checks.fullFoundation, text) == [2, 3])
        #expect(found(Checks.fullFoundation, text, path: "Sources/JobRunner/A.swift").isEmpty)
    }

    @Test(arguments: [
        "let a = try! b()", "let a = b as! C", "fatalError(\"\")", "final class A: @unchecked Sendable {}",
        "nonisolated(unsafe) var a = 1", "print(a)", "    if a { print(a) }",
        "let a = \"\\(try! b())\"",
    ])
    func forbidden(line: String) { #expect(found(Checks.forbiddenCode, line) == [1]) }

    @Test(arguments: [
        "// try! is not used", "let a = \"print(\"", "fingerprint(a)", "a.print(b)", "/* as! /* as! */ */",
        "let a = #\"try! \\(b)\"#", "try a()", "a as? B",
    ])
    func allowed(line: String) { #expect(found(Checks.forbiddenCode, line).isEmpty) }

    @Test func unfinished() {
        let words = ["TO" + "DO", "FIX" + "ME"]
        #expect(found(Checks.unfinished, "// \(words[0]): more\nlet a = 1 // \(words[1])") == [1, 2])
    }

    @Test func names() {
        let text =
            "struct JobManager {}\nlet a = FileManager.default\nenum Utils {}\nclass AImpl {}\nstruct Implied {}"
        #expect(found(Checks.emptyNames, text) == [1, 3, 4])
        #expect(found(Checks.emptyNames, "", path: "Sources/JobStore/SQLHelpers.swift") == [1])
    }

    @Test func lengths() {
        let lines = (1...401).map { "let a\($0) = 1" }.joined(separator: "\n")
        #expect(found(Checks.longFile, lines) == [401])
        #expect(
            found(Checks.longFile, lines.split(separator: "\n").dropLast().joined(separator: "\n")).isEmpty)
        let long = String(repeating: "é", count: 120)
        #expect(found(Checks.longLines, "\(long)\n\(long)e") == [2])
    }

    @Test func functions() {
        func function(_ head: String, _ count: Int) -> String {
            "struct A {\n\(head) {\n" + String(repeating: "        let a = \"}\" // }\n", count: count)
                + "    }\n}"
        }
        for head in [
            "    func a()", "    package static func a(\n        b: [Int] = { [] }()\n    ) -> Int",
            "    init?(a: Int)",
        ] {
            #expect(found(Checks.longFunctions, function(head, 70)) == [2], "\(head)")
            #expect(found(Checks.longFunctions, function(head, 50)).isEmpty, "\(head)")
        }
        let asked =
            "protocol A {\n    func a() -> Int\n    func b()\n}\n" + String(repeating: "\n", count: 70) + "{}"
        #expect(found(Checks.longFunctions, asked).isEmpty)
    }

    @Test func arrows() {
        let manifest = Manifest(
            """
            let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
            let package = Package(targets: [
                .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
                // .target(name: "Old", dependencies: ["Store"]),
                .target(name: "Store", dependencies: ["Core", grdb], swiftSettings: strict + [.unsafeFlags(["-O"])]),
                .executableTarget(
                    name: "server",
                    dependencies: ["Core", .product(name: "NIOCore", package: "swift-nio")]),
                .testTarget(name: "StoreTests"),
            ])
            """)
        #expect(
            manifest.targets == [
                "CCurl": [], "Store": ["Core", "GRDB"], "server": ["Core", "NIOCore"], "StoreTests": [],
            ])
        func found(_ text: String, _ path: String) -> [Int] {
            Checks.imports(SourceFile(path: path, text: text), manifest).map(\.line)
        }
        let text =
            "import Core\n@testable import Store\npackage import GRDB\nimport struct NIOCore.A\nimport Glibc"
        #expect(found(text, "Sources/Store/A.swift") == [2, 4])
        #expect(found(text, "Sources/server/A.swift") == [2, 3])
        #expect(found(text, "Tests/StoreTests/A.swift") == [1, 2, 3, 4])
        #expect(found("", "Sources/Elsewhere/A.swift") == [1])
    }
}
