import AtlasAPI
import Testing

/// Goal: each call has its method, path, version and bucket, and its answers are read. Method: tables.
@Suite struct EndpointTests {
    static let text = "65000000000000000000000a"

    @Test func calls() throws {
        let id = try #require(ProjectID(Self.text))
        let base = "/api/atlas/v2/groups/\(Self.text)"
        let rows: [(Endpoint, HTTPRequest.Method, String, RateBucket)] = [
            (.project(id), .get, base, .project(id)),
            (.encryption(id), .get, base + "/encryptionAtRest", .encryption(id)),
            (.changeEncryption(id), .patch, base + "/encryptionAtRest", .encryption(id)),
            (.roles(id), .get, base + "/cloudProviderAccess", .roles(id)),
            (.identity, .get, "/api/atlas/v2/orgs?itemsPerPage=1", .organisations),
        ]
        for (endpoint, method, path, bucket) in rows {
            let request = endpoint.request(authorization: .bearer(Secret("t")), body: [1])
            #expect(request.method == method && request.path == path && endpoint.bucket == bucket)
            let names = request.headers.map(\.name)
            #expect(names == (method == .patch ? ["Accept", "Content-Type"] : ["Accept"]))
            #expect(request.headers.allSatisfy { $0.value == "application/vnd.atlas.2023-01-01+json" })
        }
    }

    @Test(arguments: [
        (#"{"id":"\#(text)","orgId":"\#(text)","name":"a, b","extra":1}"#, true),
        (#"{"id":"\#(text)","orgId":"\#(text)"}"#, false),
        (#"{"id":"x","orgId":"\#(text)","name":"n"}"#, false),
        (#"{"id":"\#(text)","orgId":null,"name":"n"}"#, false), ("[]", false),
    ]) func project(body: String, isOne: Bool) { #expect((Project(json(body)) != nil) == isOne) }

    @Test(
        arguments: [
            (#"{"results":[{"id":"\#(text)"},{"id":"x"}]}"#, text), (#"{"results":[]}"#, nil), ("{}", nil),
            (#"{"results":[{"id":7}]}"#, nil),
        ] as [(String, String?)]) func identity(body: String, expected: String?)
    {
        #expect(Identity.organisation(json(body))?.text == expected)
    }

    @Test(arguments: ["", "65000000000000000000000", "65000000000000000000000aa", "6500000000000000000000-a"])
    func notAnID(text: String) { #expect(ProjectID(text) == nil) }
}
