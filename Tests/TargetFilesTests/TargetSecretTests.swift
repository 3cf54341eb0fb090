import AtlasAPI
import TargetFiles
import Testing

/// Goal: a secret in a target file is refused and never shown. Method: a canary in every place where someone may
/// put a secret, and a look at every message.
@Suite struct TargetSecretTests {
    static let canary = TargetProblemTests.canary

    @Test(arguments: [
        canary, "'\(canary)'", "|\n      -----BEGIN \(canary)\n      x", "x${env:\(canary)}",
        "${env:A}\(canary)",
        "${env:A}${env:B}", "'${\(canary)}'", "'${env:\(canary)'", "'${env:}'", "'${env:1\(canary)}'",
        "'${file:}'",
        "{type: service_account, private_key: \(canary)}", "[\(canary)]",
        "'{\"private_key\": \"\(canary)\"}'",
        "'$${env:\(canary)}'", "'${file:a${env:\(canary)}}'", "\"${file:a\\nb}\"", "''", "'${file:x${}}'",
    ])
    func inClear(value: String) {
        TargetProblemTests.check(
            MarkedSource.google("⟦serviceAccountKey: \(value)").replacing(
                "⟦serviceAccountKey: ", with: "serviceAccountKey: ⟦"),
            [.secretInClear("serviceAccountKey")])
    }

    @Test(arguments: [
        "\(canary): 1", "\(canary)\(canary)\(canary) x: 1", "serviceAccountKey: !\(canary) x",
        "serviceAccountKey: &\(canary) x", "serviceAccountKey: *\(canary)", "serviceAccountKey: \"\(canary)",
        "serviceAccountKey: {\(canary)", "serviceAccountKey: x: \(canary)", "roleId: \(canary)",
        "? [\(canary)]\n: 1", "keyVersionResourceID: '${\(canary)'", "serviceAccountKey: a\n\(canary)",
        "enabled: \(canary)", "valid: \(canary)", "serviceAccountKey: \t\(canary)\t: \(canary)",
    ])
    func anywhereElse(lines: String) {
        let problems = MarkedSource.problems(MarkedSource.google(lines))
        #expect(!problems.isEmpty)
        // A key that looks like a key is shown: it is what helps to find the typing error.
        for problem in problems
        where problem.kind != .unknownKey(Self.canary, of: "googleCloudKms", nearest: nil) {
            #expect(!problem.message.contains(Self.canary))
        }
    }

    @Test func goodReferences() throws {
        for (text, expected) in [
            ("${env:GOOGLE_KEY}", "${env:GOOGLE_KEY}"), ("'${file:/k/a.json}'", "${file:/k/a.json}"),
            ("\"${file:keys/${project_id}.json}\"", "${file:keys/${project_id}.json}"),
        ] {
            let file = try TargetFile.parse(MarkedSource.google("serviceAccountKey: \(text)"))
            #expect(file.target.hasSecret)
            let json = file.canonicalJSON["target"]?["googleCloudKms"]?["serviceAccountKey"]
            #expect(json == .string(expected))
        }
    }
}
