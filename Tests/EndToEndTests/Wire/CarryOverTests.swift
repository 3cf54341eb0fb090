import Foundation
import Testing

/// Goal: a PATCH says again every field that GET showed, and nothing that the switch is to leave behind: a field left out
/// may be gone (facts 8.3, 8.4). Method: each body that arrived beside its project's first state, for each cloud.
@Suite(.aFewAtATime) struct CarryOverTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var scenario: String
        var provider: String
        var target: String
        /// What the target sets, and what it makes superfluous.
        var set: Set<String>
        var dropped: Set<String> = []
        var testDescription: String { "\(scenario): \(target)" }
    }

    private static let cases = [
        Case(
            scenario: "aws-static", provider: "awsKms", target: "{roleId: auto}", set: ["roleId"],
            dropped: ["accessKeyID"]),
        Case(
            scenario: "aws-static", provider: "awsKms",
            target: "{accessKeyID: AKIAIOSFODNN7EXAMPLE, secretAccessKey: '${file:key}'}",
            set: ["accessKeyID", "secretAccessKey"]),
        Case(
            scenario: "azure-static", provider: "azureKeyVault", target: "{roleId: auto}", set: ["roleId"],
            dropped: ["clientID", "tenantID"]),
        Case(
            scenario: "azure-static", provider: "azureKeyVault", target: "{secret: '${env:THE_KEY}'}",
            set: ["secret"]),
        Case(
            scenario: "google-static", provider: "googleCloudKms", target: "{roleId: auto}", set: ["roleId"]),
        Case(
            scenario: "google-static", provider: "googleCloudKms",
            target: "{serviceAccountKey: '${env:THE_KEY}'}", set: ["serviceAccountKey"]),
    ]

    private typealias Object = [String: Any]

    @Test(arguments: cases) func everyFieldIsSaidAgain(_ one: Case) async throws {
        let rig = try await Rig(
            ["--projects", "40", "--scenario", one.scenario],
            target: "keyshift: 1\nname: x\ntarget:\n  \(one.provider): \(one.target)\n")
        rig.environment["THE_KEY"] = "{\"networkskey\": \"new\"}"
        try rig.folder.write("key", "new-secret")
        try await rig.plan()
        try await rig.apply(expecting: 0)
        let truth = try #require(JSONSerialization.jsonObject(with: rig.simulator.truthData()) as? Object)
        let projects = try #require(truth["projects"] as? [Object])
        var (bodies, networks, searchNodes) = (0, 0, 0)
        for (id, body) in try changes(rig) {
            let project = try #require(projects.first { $0["id"] as? String == id })
            let original = try #require(project["original"] as? Object)
            let shown = try #require(original[one.provider] as? Object)
            var kept = shown.filter {
                !($0.value is NSNull) && $0.key != "valid" && !one.dropped.contains($0.key)
            }
            var sent = try #require(body[one.provider] as? Object)
            #expect(one.set.isSubset(of: sent.keys))
            for name in one.set { (kept[name], sent[name]) = (nil, nil) }
            #expect(NSDictionary(dictionary: sent) == NSDictionary(dictionary: kept), "\(id)")
            #expect(body["enabledForSearchNodes"] as? Bool == original["enabledForSearchNodes"] as? Bool)
            #expect(Set(body.keys).isSubset(of: [one.provider, "enabledForSearchNodes"]))
            bodies += 1
            networks += kept["requirePrivateNetworking"] as? Bool == true ? 1 : 0
            searchNodes += body["enabledForSearchNodes"] as? Bool == true ? 1 : 0
        }
        #expect(bodies == 40 && searchNodes > 0 && (networks > 0 || one.provider == "googleCloudKms"))
        #expect(try Audit(rig).violations() == [])
    }

    /// Project and body of each PATCH, as the simulator's log has them: secrets are a word there.
    private func changes(_ rig: Rig) throws -> [(String, Object)] {
        try rig.simulator.folder.text("log.ndjson").split(separator: "\n").compactMap { line in
            let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object
            guard let entry, entry["method"] as? String == "PATCH", let id = entry["project"] as? String
            else { return nil }
            return (id, try #require(entry["body"] as? Object))
        }
    }
}
