import AtlasAPI
import Foundation
import Testing

struct RateLimitListTests {
    private static let ours = """
        {"endpoints": [{"path": "/x"}, {"path": "/api/atlas/v2/groups/{groupId}/encryptionAtRest"}],
         "capacity": {"value": 50}, "refillRate": {"value": 10}, "refillDurationSeconds": {"value": 60},
         "scope": "GROUP"}
        """
    private static let other = #"{"endpoints": [{"path": "/api/atlas/v2/orgs"}], "capacity": {"value": 1}}"#

    private func list(_ text: String) throws -> RateLimitList? {
        RateLimitList(try #require(JSONValue(parsing: Array(text.utf8))))
    }

    @Test func theSetOfEncryptionAtRest() throws {
        let limit = try #require(try list("{\"results\": [\(Self.other), \(Self.ours)]}")?.encryptionAtRest)
        #expect(limit.capacity == 50 && limit.refill == 10 && limit.refillSeconds == 60)
        #expect(limit.scope == "GROUP")
    }

    @Test(arguments: [
        "[]", other, "\(ours.replacingOccurrences(of: "50", with: "5.5"))",
        "\(ours.replacingOccurrences(of: "refillRate", with: "rate"))", "1",
    ]) func noneThatCanBeRead(set: String) throws {
        let list = try #require(try list("{\"results\": [\(set)]}"))
        #expect(list.encryptionAtRest == nil)
    }

    @Test(arguments: ["{}", "[]", #"{"results": {}}"#]) func noList(text: String) throws {
        #expect(try list(text) == nil)
    }
}
