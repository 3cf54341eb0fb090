import AtlasAPI
import Testing

/// Goal: no project of a list is missed in silence. Method: pages in the recorded shape, and pages that are not.
@Suite struct ProjectPageTests {
    static let one = """
        {"id":"6500000000000000000000AA","name":"a, b","orgId":"6500000000000000000000bb","clusterCount":1,
         "tags":[{"key":"env","value":"prod"}]}
        """

    static func page(_ results: String, _ more: String = "") -> ProjectPage? {
        ProjectPage(json("{\"results\":[\(results)]\(more)}"))
    }

    @Test func recordedShape() throws {
        let links =
            #""links":[{"rel":"self","href":"https://x/?pageNum=1"},{"rel":"next","href":"https://x/"}]"#
        let page = try #require(Self.page(Self.one, #","totalCount":7,\#(links)"#))
        #expect(page.next == .yes && page.totalCount == 7)
        #expect(page.projects.map(\.project.name) == ["a, b"] && page.projects[0].tags == ["env": "prod"])
        #expect(page.projects[0].project.id.text == "6500000000000000000000aa")
    }

    @Test func theLastPageHasNoNext() throws {
        let page = try #require(Self.page(Self.one, #","links":[{"rel":"previous","href":"https://x/"}]"#))
        #expect(page.next == .no && page.totalCount == nil)
    }

    @Test(arguments: ["{}", #"{"id":"x","name":"n","orgId":"6500000000000000000000bb"}"#, "7", "null"])
    func anEntryThatCannotBeReadIsNamedAndSpoilsNoOther(entry: String) throws {
        let page = try #require(Self.page("\(Self.one),\(entry),\(Self.one)"))
        #expect(page.projects.count == 2 && page.entries == 3)
        #expect(page.unreadable.count == 1 && page.unreadable[0].hasPrefix("entry 2"))
    }

    @Test(arguments: ["", #","links":null"#, #","links":[]"#, #","links":{}"#, #","links":"x""#])
    func withoutLinksNobodyCanTell(links: String) throws {
        #expect(try #require(Self.page(Self.one, links)).next == .untold)
    }

    @Test func aPageAfterTheLastMayBeNull() throws {
        let page = try #require(ProjectPage(json(#"{"results":null,"links":[]}"#)))
        #expect(page.entries == 0 && page.next == .untold)
    }

    @Test(arguments: [("7", 7), (#""7""#, 7), (#"" 7 ""#, 7), ("7.5", nil), (#""x""#, nil), ("null", nil)])
    func countsAreNumbersOrTexts(text: String, count: Int?) throws {
        #expect(try #require(Self.page(Self.one, #","totalCount":\#(text)"#)).totalCount == count)
    }

    @Test(arguments: [499, 500, 501]) func aFullPageIsFull(entries: Int) throws {
        let page = try #require(Self.page(Array(repeating: Self.one, count: entries).joined(separator: ",")))
        #expect(page.isFull == (entries >= 500))
    }

    @Test(arguments: ["{}", "[]", "7", #"{"results":{}}"#])
    func whatIsNoListIsNone(text: String) { #expect(ProjectPage(json(text)) == nil) }

    @Test func pathsNameTheOrganisationWhenItIsKnown() throws {
        let organisation = try #require(OrganisationID("6500000000000000000000bb"))
        let query = "?itemsPerPage=500&pageNum=2&includeCount=false"
        #expect(Endpoint.projects(nil, page: 2).path == "/api/atlas/v2/groups" + query)
        #expect(
            Endpoint.projects(organisation, page: 2).path == "/api/atlas/v2/orgs/\(organisation)/groups"
                + query)
    }
}
