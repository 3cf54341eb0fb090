import AtlasAPI
import AtlasSimulation
import Testing

@Suite struct ResourcesTests {
    @Test(arguments: [
        ("application/vnd.atlas.2023-01-01+json", "200"),
        ("application/vnd.atlas.2023-01-01+json;charset=utf-8", "200"),
        ("application/vnd.atlas.2024-05-30+json", "406 NOT_ACCEPTABLE"),
        ("application/json", "406 NOT_ACCEPTABLE"), ("*/*", "406 NOT_ACCEPTABLE"), ("", "406 NOT_ACCEPTABLE"),
        ("application/vnd.atlas.2023-13-01+json", "400 INVALID_VERSION_DATE"),
        ("application/vnd.atlas.yesterday+json", "400 INVALID_VERSION_DATE"),
    ])
    func versions(accept: String, verdict: String) {
        var rig = Rig()
        let read = rig.send("GET", rig.encryptionPath(), headers: HTTPHeaders([("Accept", accept)]))
        #expect(read.verdict == verdict)
        let headers = HTTPHeaders([("Accept", Endpoint.identity.mediaType), ("Content-Type", accept)])
        let body = #"{"googleCloudKms":{"roleId":"\#(rig.role())"}}"#
        let change = rig.send("PATCH", rig.encryptionPath(), body, headers: headers)
        #expect(change.verdict == verdict)
        #expect(change.entry.applied == (verdict == "200"))
    }

    @Test func successAnswersHaveTheVersionedTypeAndTheLimits() {
        var rig = Rig()
        let headers = rig.get().answer.headers
        #expect(headers["Content-Type"] == "application/vnd.atlas.2023-01-01+json;charset=utf-8")
        #expect(headers["RateLimit-Limit"] == "2000")
        #expect(headers["RateLimit-Remaining"] == "1999")
        #expect(headers["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT")
        #expect(headers["Date"].flatMap { WireDate.http($0) } == rig.now)
    }

    @Test func answersAreReadAsTheToolReadsThem() throws {
        for scenario in [Scenario.googleStatic, .awsStatic, .azureStatic, .searchNodesOff] {
            var rig = Rig(scenario, count: 10)
            for number in 0..<10 {
                let state = try #require(EncryptionState(rig.get(number).json))
                #expect(state.single?.isValid == true)
                #expect((state.single?.roleID != nil) == (scenario == .searchNodesOff))
                let project = Project(rig.send("GET", "/api/atlas/v2/groups/\(rig.id(number))").json)
                #expect(project?.name == rig.project(number)?.name)
                #expect(project?.organisation.text == rig.atlas.fleet.organisation)
            }
            let orgs = rig.send("GET", "/api/atlas/v2/orgs?itemsPerPage=1").json
            #expect(Identity.organisation(orgs)?.text == rig.atlas.fleet.organisation)
        }
    }

    @Test func pagesGoOnWhileThereIsANextLink() {
        var rig = Rig(count: 7)
        var ids: [String] = []
        var path: String? = "/api/atlas/v2/orgs/\(rig.atlas.fleet.organisation)/groups?itemsPerPage=3"
        var pages = 0
        while let current = path, pages < 10 {
            let json = rig.send("GET", current).json
            ids += (json["results"]?.array ?? []).compactMap { $0["id"]?.string }
            #expect(json["totalCount"]?.integer == 7)
            let next = json["links"]?.array?.first { $0["rel"]?.string == "next" }?["href"]?.string
            path = next.map { String($0.dropFirst("https://cloud.mongodb.com".count)) }
            pages += 1
        }
        #expect(ids == rig.atlas.fleet.order)
        #expect(pages == 3)
        #expect(rig.send("GET", "/api/atlas/v2/groups?itemsPerPage=501").answer.status == 400)
        #expect(rig.send("GET", "/api/atlas/v2/groups?includeCount=false").json["totalCount"] == nil)
        #expect(rig.send("GET", "/api/atlas/v2/orgs/111111111111111111111111/groups").answer.status == 401)
    }

    @Test(arguments: [
        (SimulatedProject.Access.open, "200"), (.deleted, "404 GROUP_NOT_FOUND"),
        (.otherOrganisation, "401 USER_UNAUTHORIZED"), (.forbidden, "401 USER_CANNOT_ACCESS_GROUP"),
    ])
    func access(access: SimulatedProject.Access, verdict: String) {
        var project = Fleet(count: 1, seed: 1, scenario: .googleStatic).order.first.flatMap {
            Fleet(count: 1, seed: 1, scenario: .googleStatic)[$0]
        }
        project?.access = access
        guard let project else { return }
        var rig = Rig(project: project)
        #expect(rig.get().verdict == verdict)
        #expect(rig.toRole().verdict == verdict)
        #expect(rig.project()?.patchesApplied == (access == .open ? 1 : 0))
        let listed = rig.send("GET", "/api/atlas/v2/groups").json["results"]?.array?.count
        #expect(listed == (access == .open ? 1 : 0))
    }

    @Test(arguments: [
        ("GET", "/api/atlas/v2/groups/111111111111111111111111", "404 GROUP_NOT_FOUND"),
        ("GET", "/api/atlas/v2/groups/x", "404 INVALID_GROUP_ID"),
        ("GET", "/api/atlas/v2/nothing", "404 RESOURCE_NOT_FOUND"),
        ("DELETE", "/api/atlas/v2/groups", "405 METHOD_NOT_ALLOWED"),
    ])
    func otherPlaces(method: String, path: String, verdict: String) {
        var rig = Rig()
        #expect(rig.send(method, path).verdict == verdict)
    }

    @Test func aBucketEmptiesAndFillsAgain() {
        var rig = Rig()
        rig.atlas.options.limits = ["encryption": RateLimit(capacity: 2, refill: 1, seconds: 10)]
        #expect([rig.get(), rig.get(), rig.get()].map(\.answer.status) == [200, 200, 429])
        let refused = rig.get()
        #expect(refused.code == "RATE_LIMITED_TOKEN_BUCKET")
        #expect(refused.answer.headers["Retry-After"] == "10")
        let path = String(rig.encryptionPath().dropFirst())
        #expect(
            refused.json["parameters"]
                == .array([.string(path), .number(10), .number(2), .number(1), .number(10)]))
        #expect(rig.get(1).answer.status == 200)
        rig.now += 10_000
        #expect(rig.get().answer.status == 200)
        rig.atlas.options.omitsRetryAfter = true
        #expect(rig.get().answer.headers["Retry-After"] == nil)
    }

    @Test func theFirstGoogleRoleTakesItsTime() throws {
        var rig = Rig()
        guard var project = rig.project() else { return }
        project.roles = []
        rig = Rig(project: project)
        let list = "/api/atlas/v2/groups/\(project.id)/cloudProviderAccess"
        let made = rig.send("POST", list, #"{"providerName":"GCP"}"#).json
        #expect(made["status"]?.string == "IN_PROGRESS")
        let id = try #require(made["roleId"]?.string)
        rig.now += 4999
        #expect(rig.send("GET", "\(list)/\(id)").json["status"]?.string == "IN_PROGRESS")
        rig.now += 1
        #expect(rig.send("GET", "\(list)/\(id)").json["status"]?.string == "COMPLETE")
        #expect(rig.send("POST", list, #"{"providerName":"GCP"}"#).json["status"]?.string == "COMPLETE")
        #expect(rig.send("POST", list, #"{"providerName":"X"}"#).verdict == "400 VALIDATION_ERROR")
        let aws = try #require(rig.send("POST", list, #"{"providerName":"AWS"}"#).json["roleId"]?.string)
        #expect(rig.send("GET", "\(list)/\(aws)").json["authorizedDate"] == .null)
        let arn = #"{"providerName":"AWS","iamAssumedRoleArn":"arn:aws:iam::1:role/x"}"#
        #expect(rig.send("PATCH", "\(list)/\(aws)", arn).json["authorizedDate"] != .null)
        #expect(rig.send("GET", "\(list)/\(rig.id())").verdict == "404 RESOURCE_NOT_FOUND")
    }

    @Test func awsRoleCanBeHidden() {
        var rig = Rig(.searchNodesOff, count: 30)
        rig.atlas.options.hidesAWSRole = true
        for number in 0..<30 {
            let aws = rig.get(number).json["awsKms"]?.object
            #expect(aws?["roleId"] == nil)
        }
    }
}
