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
        #expect(page.hasNext && page.totalCount == 7)
        #expect(page.projects.map(\.project.name) == ["a, b"] && page.projects[0].tags == ["env": "prod"])
        #expect(page.projects[0].project.id.text == "6500000000000000000000aa")
    }

    @Test func theLastPageHasNoNext() throws {
        let page = try #require(Self.page(Self.one, #","links":[{"rel":"previous","href":"https://x/"}]"#))
        #expect(!page.hasNext && page.totalCount == nil)
    }

    @Test(arguments: ["{}", #"{"id":"x","name":"n","orgId":"6500000000000000000000bb"}"#, "7", "null"])
    func anEntryThatCannotBeReadSpoilsThePage(entry: String) {
        #expect(Self.page("\(Self.one),\(entry)") == nil)
    }

    @Test(arguments: ["{}", "[]", "7", #"{"results":{}}"#])
    func whatIsNoListIsNone(text: String) { #expect(ProjectPage(json(text)) == nil) }

    @Test func pathsNameTheOrganisationWhenItIsKnown() throws {
        let organisation = try #require(OrganisationID("6500000000000000000000bb"))
        let query = "?itemsPerPage=500&pageNum=2&includeCount=true"
        #expect(Endpoint.projects(nil, page: 2).path == "/api/atlas/v2/groups" + query)
        #expect(
            Endpoint.projects(organisation, page: 2).path == "/api/atlas/v2/orgs/\(organisation)/groups"
                + query)
    }
}
