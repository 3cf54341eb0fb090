import AtlasAPI
import AtlasSimulation
import Testing

@Suite struct FaultTests {
    static func scripted(_ patch: [String?], get: [String?] = []) -> Rig {
        var plan = FaultPlan()
        plan.scripts = ["*": ["PATCH": patch, "GET": get]]
        return Rig(faults: plan)
    }

    @Test(arguments: [
        ("409", "409 AUTOMATION_CONFIG_CONCURRENT_MODIFICATION", false),
        ("409-unknown", "409 SIMULATED_CONFLICT", false),
        ("500", "500 UNEXPECTED_ERROR", false), ("500-after", "500 UNEXPECTED_ERROR", true),
        ("502", "502", false),
        ("503", "503", false), ("503-retry-after", "503", false),
        ("429", "429 RATE_LIMITED_TOKEN_BUCKET", false),
        ("429-retry-after", "429 RATE_LIMITED_TOKEN_BUCKET", false),
        ("405", "405 WRITES_NOT_ALLOWED_DURING_APP_UPGRADES", false),
        ("400", "400 ENCRYPTION_AT_REST_PROVIDER_NOT_SUPPORTED", false),
        ("401", "401 UNEXPECTED_ERROR", false),
        ("403", "403 IP_ADDRESS_NOT_ON_ACCESS_LIST", false),
        ("propagation", "400 NO_PERMISSION_TO_ENCRYPT_DECRYPT", false), ("reset-before", "0", false),
        ("hang", "0", false), ("reset-after", "200", true), ("hang-after", "200", true), ("cut", "200", true),
    ])
    func kinds(word: String, verdict: String, applied: Bool) {
        var rig = Self.scripted([word])
        let response = rig.toRole()
        #expect(response.verdict == verdict)
        #expect(response.entry.applied == applied)
        #expect(response.entry.fault == word)
        #expect((response.entry.before != response.entry.after) == applied)
        #expect((rig.project()?.encryption.enabled["googleCloudKms"]?.roleID != nil) == applied)
        let hasRetryAfter = response.answer.headers["Retry-After"] != nil
        #expect(hasRetryAfter == word.hasSuffix("retry-after"))
        switch word {
        case "reset-before", "reset-after": #expect(response.delivery == .resetBeforeAnswer)
        case "hang", "hang-after": #expect(response.delivery == .hang)
        case "cut": #expect(response.delivery == .truncated(response.answer.body.count / 2))
        default: #expect(response.delivery == .deliver)
        }
        #expect(rig.toRole().verdict == "200")
    }

    @Test func staleReadsEnd() {
        var rig = Self.scripted(["stale+not-valid"])
        rig.toRole()
        let seen = (0..<5).map { _ in rig.get().json["googleCloudKms"] }
        #expect(seen.map { $0?["roleId"]?.string == nil } == [true, true, false, false, false])
        // A stale read has the key as it was before the change; the new state's trouble comes after it.
        #expect(seen.map { $0?["valid"]?.bool } == [true, true, false, false, true])
    }

    @Test func hazardsStay() {
        var rig = Self.scripted(["never-valid", nil], get: [nil, "foreign-edit"])
        rig.toRole()
        #expect(rig.get().json["googleCloudKms"]?["valid"]?.bool == false)
        let before = rig.project()?.encryption.searchNodes
        #expect(rig.get().entry.aftermath == ["foreign-edit"])
        #expect(rig.project()?.encryption.searchNodes != before)
        #expect(rig.project()?.lastChangedBy == "someone else")
        #expect(rig.toRole().code == "ENCRYPTION_AT_REST_SETTINGS_INVALID")
    }

    @Test func aWindowHitsEveryRequestForItsTime() {
        var plan = FaultPlan()
        plan.windows = [FaultPlan.Window(range: 1000..<2000, kind: .unavailable)]
        var rig = Rig(faults: plan)
        var statuses: [Int] = []
        for _ in 0..<4 {
            statuses.append(rig.get().answer.status)
            rig.now += 700
        }
        #expect(statuses == [200, 200, 503, 200])
    }

    /// The fault that each project meets, in the order of its own requests.
    static func faults(order: [Int], seed: UInt64) -> [String: [String]] {
        var rig = Rig(count: 40, seed: seed, faults: Storm.stormy.plan)
        var met: [String: [String]] = [:]
        for number in order {
            for response in [rig.get(number), rig.toRole(number)] {
                met[rig.id(number), default: []].append(response.entry.fault ?? "-")
            }
        }
        return met
    }

    @Test func orderOfArrivalDoesNotMatter() {
        let rounds = (0..<4).flatMap { _ in Array(0..<40) }
        let first = Self.faults(order: rounds, seed: 5)
        #expect(first == Self.faults(order: rounds.reversed(), seed: 5))
        #expect(first == Self.faults(order: rounds.sorted(), seed: 5))
        #expect(first != Self.faults(order: rounds, seed: 6))
        #expect(Set(first.values.joined()).count > 10)
    }

    @Test(arguments: [Storm.stormy, .gale], [1, 2, 3] as [UInt64])
    func stormsClearWithinFourTries(storm: Storm, seed: UInt64) {
        let plan = storm.plan
        for number in 0..<500 {
            for method in ["GET", "PATCH"] {
                var row = 0
                var longest = 0
                for ordinal in 1...40 {
                    let drawn = plan.draw(seed: seed, subject: "p\(number)", method: method, ordinal: ordinal)
                    row = drawn.main == nil ? 0 : row + 1
                    longest = max(longest, row)
                    #expect(!drawn.aftermath.contains(.neverValid) && !drawn.aftermath.contains(.foreignEdit))
                    if method == "PATCH", ordinal > 3 { #expect(drawn == FaultPlan.Drawn()) }
                }
                #expect(longest <= 3)
            }
        }
    }

    @Test func ratesAreWhatTheySay() {
        var plan = FaultPlan()
        plan.rates = [.resetAfter: 0.2]
        let hits = (0..<5000).count {
            plan.draw(seed: 1, subject: "p\($0)", method: "PATCH", ordinal: 1).main == .resetAfter
        }
        #expect((900...1100).contains(hits))
        plan.lastOrdinal = 2
        #expect(
            (0..<500).allSatisfy {
                plan.draw(seed: 1, subject: "p\($0)", method: "PATCH", ordinal: 3).main == nil
            })
        plan.rates = [.serverError: 1]
        plan.lastOrdinal = nil
        plan.longestRun = 3
        let row = (1...9).map { plan.draw(seed: 1, subject: "p", method: "PATCH", ordinal: $0).main != nil }
        #expect(row == [true, true, true, false, true, true, true, false, true])
    }

    @Test func aBlindResendIsAViolation() {
        let note = "sent a change again without a look after an unknown outcome"
        var rig = Self.scripted(["500"])
        rig.toRole()
        #expect(rig.toRole().entry.violations.contains(note))
        rig = Self.scripted(["reset-after"])
        rig.toRole()
        _ = rig.get()
        #expect(!rig.toRole().entry.violations.contains(note))
        rig = Self.scripted(["409"])
        rig.toRole()
        #expect(!rig.toRole().entry.violations.contains(note))
    }

    @Test func anOverlapIsSeen() {
        var rig = Rig()
        let request = SimulatedRequest(
            method: "GET", target: rig.encryptionPath(), headers: Rig.versioned, identity: Rig.key)
        let first = rig.atlas.handle(request, now: rig.now)
        #expect(rig.atlas.handle(request, now: rig.now).entry.overlapped)
        #expect(!rig.get(1).entry.overlapped)
        for sequence in 1...2 { rig.atlas.finish(project: rig.id(), sequence: sequence) }
        #expect(first.entry.sequence == 1)
        #expect(!rig.get().entry.overlapped)
    }
}
