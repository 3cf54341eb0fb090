import AtlasAPI
import Testing

/// Goal: a page that names another is never taken for the last, whoever spells its links. Method: links as servers and
/// gateways write them, in the body and in the header.
@Suite struct PageLinksTests {
    private static let next = [
        #""links":[{"rel":"next"}]"#, #""links":[{"rel":"NEXT","href":"x"}]"#, #""links":[{"rel":" Next "}]"#,
        #""links":[{"rel":"self"},{"rel":"next"}]"#, #""links":[{"rel":"next"},{"rel":"self"}]"#,
        #""links":[{"rel":"self next"}]"#, #""links":[{"rel":"prev,next"}]"#,
        #""links":[{"rel":"last  NEXT self"}]"#,
        #""links":[{"rel":["self","next"]}]"#, #""links":[{"rel":"https://cloud.mongodb.com/next"}]"#,
        #""links":[{"rel":"http://www.iana.org/assignments/relation/next"}]"#,
        #""links":[{"rel":"urn:rel:next"}]"#,
        #""links":[{"rel":"https://cloud.mongodb.com/rels#next"}]"#,
        #""links":[7,{"rel":null},{"rel":"next"}]"#,
        #""links":{"next":"https://x/?page=2"}"#, #""links":{"self":"x","Next":{"href":"y"}}"#,
        #""links":{"rel":"next","href":"x"}"#, #""_links":{"next":{"href":"x"}}"#,
        #""_links":[{"rel":"next"}]"#,
        #""links":[{"rel":"self"}],"_links":{"next":{"href":"x"}}"#, #""links":null,"_links":{"next":"x"}"#,
    ]

    @Test(arguments: next) func namesAnother(links: String) throws {
        let page = try #require(ProjectPage(json("{\"results\":[],\(links)}")))
        #expect(page.next == .yes)
    }

    @Test(arguments: [
        #""links":[{"rel":"self"}]"#, #""links":[{"rel":"previous"},{"rel":"last"}]"#,
        #""links":[{"rel":"nextish"}]"#,
        #""links":[{"rel":"https://x/next/self"}]"#, #""links":[{"rel":"no-next"}]"#,
        #""links":{"self":"x","next":null}"#, #""_links":{"self":{"href":"https://x/next"}}"#,
        #""links":[{"rel":"self","href":"https://x/next"}]"#,
    ]) func isTheLast(links: String) throws {
        #expect(try #require(ProjectPage(json("{\"results\":[],\(links)}"))).next == .no)
    }

    @Test(
        arguments: [
            (#"<https://x/?page=2>; rel="next""#, .yes), (#"<https://x/?page=2>; rel=next"#, .yes),
            (#"<https://x/?page=2>; REL = "Next""#, .yes),
            (#"<x>; rel="self"; title="a", <y>; rel='next'"#, .yes),
            (#"<x>; rel="last next""#, .yes), (#"<x>; title="b"; rel="https://x/next""#, .yes),
            (#"<x>; rel="prev""#, .no), (#"<https://x/?rel=next>; rel=first"#, .no), ("rubbish", .untold),
            ("", .untold),
        ] as [(String, ProjectPage.Next)]) func ofTheHeader(value: String, next: ProjectPage.Next) throws
    {
        #expect(try Self.page(#"{"results":[]}"#, value).next == next)
        #expect(try Self.page(#"{"results":[],"links":null}"#, value).next == next)
        let withSelf = try Self.page(#"{"results":[],"links":[{"rel":"self"}]}"#, value)
        #expect(withSelf.next == (next == .yes ? .yes : .no), "what names another counts, wherever it stands")
        #expect(try Self.page(#"{"results":[],"links":[{"rel":"next"}]}"#, value).next == .yes)
    }

    private static func page(_ body: String, _ link: String) throws -> ProjectPage {
        let headers = HTTPHeaders([
            ("Content-Type", "application/vnd.atlas.2023-01-01+json"), ("Link", link),
        ])
        let answer = HTTPAnswer(status: 200, headers: headers, body: Array(body.utf8))
        guard case .success(let json) = Endpoint.projects(nil, page: 1).classify(answer) else {
            throw Refused()
        }
        return try #require(ProjectPage(json))
    }

    private struct Refused: Error {}
}
