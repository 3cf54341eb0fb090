import FleetCSV
import TestSupport
import AtlasAPI
import TargetFiles
import Testing

/// Goal: a target file of any shape up to its limit is judged in time, tells no secret, and means the same when written
/// again. Method: files made large in one way each, mutations with a canary, and the canonical JSON read back.
@Suite struct TargetShapeTests {
    static let canary = "CANARY+/7f3a9c0d1e2b4a5968778695a4b3c2d1=="

    static let seeds = [
        TargetFileTests.google, TargetProblemTests.good,
        "keyshift: 1\nname: x\ntarget:\n  awsKms:\n    accessKeyID: AKIA000000000000\n    secretAccessKey: ${env:K}\n",
        "keyshift: 1\nname: x\ntarget:\n  googleCloudKms:\n    serviceAccountKey: \"\(canary)\"\n",
        "keyshift: 1\nname: x\ntarget:\n  azureKeyVault:\n    secret: ${file:k/${project_id}}\n    clientID: ${c}\n",
        #"{"keyshift":1,"name":"j","target":{"awsKms":{"roleId":"${r}"},"enabledForSearchNodes":true}}"#,
    ].map { Array($0.utf8) }

    static let pieces =
        [
            canary, "${", "}", "$${", "${env:\(canary)", "${file:\(canary)}", "\n", "  ", "\t", ": ", "- ",
            "? ", "&a ", "*a",
            "!!str ", "<<: ", "{", "[", "\"", "'", "|", ">", "#", "---\n", "\0", "\r", "1e999",
            "99999999999999999999", "-1", "~",
            "name: y\n", "keyshift: 2", "\\ud800", "\\u0000", "\u{2028}",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    @Test(arguments: 50..<54) func mutatedFiles(seed: UInt64) {
        Fuzz.run(seed: seed, rounds: 250) {
            $0.mutated(Self.seeds, pieces: Self.pieces)
        } _: { bytes in
            do throws(TargetProblems) {
                return Self.complaint(try TargetFile.parse(bytes))
            } catch {
                if error.list.isEmpty { return "refused for nothing" }
                for problem in error.list {
                    if problem.position < .start { return "outside the file" }
                    if problem.message.contains(Self.canary) { return "tells a secret" }
                }
                return nil
            }
        }
    }

    /// What is read is read again from its own JSON.
    static func complaint(_ file: TargetFile) -> String? {
        let text = file.canonicalJSON.canonicalText()
        guard let again = try? TargetFile.parse(text) else { return "its JSON is refused: \(text)" }
        return again.canonicalJSON == file.canonicalJSON ? nil : "changes in writing: \(text)"
    }

    static let body = "target:\n  awsKms:\n    "

    static let shapes: [(name: String, start: String, piece: @Sendable (Int) -> String, end: String)] = [
        ("tags", "", { "k\($0): !t x\n" }, ""), ("anchors", "", { "k\($0): &a x\n" }, ""),
        ("unknown keys", "", { "k\($0): x\n" }, ""), ("equal keys", "", { _ in "k: x\n" }, ""),
        ("equal keys on one line", "{", { _ in "k: x, " }, "}"), ("a flow", "[", { _ in "{},\n" }, "]"),
        ("a long text", "name: \"", { _ in "xxxxxxxxxxxxxxx " }, "\""), ("quotes", "", { _ in "\"" }, ""),
        ("columns", "\(body)customerMasterKeyID: \"", { "${c\($0)}" }, "\""),
        ("open references", "\(body)customerMasterKeyID: \"", { _ in "${" }, "\""),
        ("nested references", "\(body)secretAccessKey: \"${file:", { _ in "${a}" }, "}\""),
        ("escapes", "\(body)customerMasterKeyID: \"", { _ in "$${" }, "\""),
        ("comments", "", { _ in "# x\n" }, ""),
        ("blanks", "a:\n", { _ in "\n" }, ""), ("a block", "name: |\n", { _ in "  x\n" }, ""),
        ("documents", "", { _ in "---\n" }, ""), ("numbers", "settings:\n  concurrency: ", { _ in "9" }, ""),
    ]

    @Test(arguments: shapes.indices) func largeFilesEndInTime(index: Int) {
        let shape = Self.shapes[index]
        var text = "keyshift: 1\nname: x\n" + shape.start
        var number = 0
        while text.utf8.count < 300_000 {
            number += 1
            text += shape.piece(number)
        }
        text += shape.end
        let columns = (0..<5000).map { "column_\($0)" }
        let time = ContinuousClock().measure {
            do throws(TargetProblems) {
                #expect(!(try TargetFile.parse(text).problems(columns: columns)).isEmpty)
            } catch {
                #expect(!error.list.isEmpty)
            }
        }
        #expect(time < .seconds(20), "\(shape.name): \(time)")
    }

    @Test func sizeLimit() {
        let start = "keyshift: 1\nname: x\ntarget: {enabledForSearchNodes: true}\n#"
        let room = TargetFile.sizeLimit - start.utf8.count
        #expect((try? TargetFile.parse(Array((start + String(repeating: "x", count: room)).utf8))) != nil)
        let over = Array((start + String(repeating: "x", count: room + 1)).utf8)
        let error = #expect(throws: TargetProblems.self) { try TargetFile.parse(over) }
        #expect(error?.list.map(\.kind) == [.tooLarge(limit: 1_048_576)])
        #expect(error?.list.first?.message.contains("1048576 bytes") == true)
    }
}
