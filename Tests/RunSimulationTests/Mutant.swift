import AtlasAPI
import MigrationCore
import RunSimulation
import Testing

/// A run with one mistake in it, and the words in which a checker must say so.
struct Mutant: Sendable, CustomTestStringConvertible {
    var name: String
    var complaint: String
    /// A fresh mistake for each seed, since some remember what they have seen.
    var seams: @Sendable () -> Seams

    var testDescription: String { name }

    init(_ name: String, _ complaint: String, _ change: @escaping @Sendable (inout Seams) -> Void) {
        self.name = name
        self.complaint = complaint
        seams = {
            var seams = Seams()
            change(&seams)
            return seams
        }
    }

    static let all = plans + results + order + wire + bodies + sealed + limits + rules + answers + file

    static let results = [
        Mutant("loses results", "left undone") {
            $0.journal = { BrokenJournal.results($0) { _ in [] } }
        },
        Mutant("writes a result twice", "more than one result") {
            $0.journal = { BrokenJournal.results($0) { [$0, $0] } }
        },
        Mutant("calls changed what it left alone", "no PATCH of ours was applied") {
            $0.journal = { journal in
                BrokenJournal(journal) { records in
                    records.flatMap { record in
                        guard case .project(let ordinal, .planned(let item, _)) = record,
                            item.planClass == .noop
                        else { return [record] }
                        return [record, .project(ordinal, .outcome(Outcome(.changed)))]
                    }
                }
            }
        },
        Mutant("calls unchanged what it changed", "a PATCH was applied") {
            $0.journal = {
                BrokenJournal.results($0) { [$0.result == .changed ? Outcome(.unchanged) : $0] }
            }
        },
        Mutant("calls drifted what it changed", "nobody else changed it") {
            $0.journal = {
                BrokenJournal.results($0) { [$0.result == .changed ? Outcome(.drifted, .stateChanged) : $0] }
            }
        },
        Mutant("resumes to other results", "after the deaths") {
            var runs = 0
            $0.journal = { journal in
                runs += 1
                guard runs > 1 else { return journal }
                return BrokenJournal.results(journal) { outcome in
                    var other = outcome
                    if outcome.verified == .valid { other.verified = .readBack }
                    return [other]
                }
            }
        },
    ]

    static let order = [
        Mutant("commits after it has sent", "without a committed intent") {
            $0.journal = { LateJournal($0) }
        },
        Mutant("forgets intents", "without a committed intent") {
            $0.journal = { journal in
                BrokenJournal(journal) {
                    $0.filter { if case .project(_, .intent) = $0 { false } else { true } }
                }
            }
        },
        Mutant("sends everything twice", "a second request in flight") {
            $0.transport = { DoublingTransport($0) }
        },
        Mutant("a driver that forgets draining", "after the run was to end") { seams in
            // The rules about who may start are not what is broken.
            seams.scope = { _ in nil }
            seams.rows = { RestlessRows($0, RunSettings()) }
        },
        Mutant("sends in the turn that halts", "after the run was to end") { seams in
            var isHalting = false
            seams.journal = { journal in
                BrokenJournal(journal) { records in
                    isHalting = records.contains { if case .run(.halted) = $0 { true } else { false } }
                    return records
                }
            }
            seams.transport = { LateTransport($0) { isHalting } }
        },
        Mutant("sends again by itself", "without a look after an unknown outcome") {
            $0.transport = { transport in
                BrokenTransport.events(transport) { event, request in
                    guard case .ended(_, .sentNoAnswer) = event, request?.method == .patch else {
                        return .pass(event)
                    }
                    return .sendAgain
                }
            }
        },
        Mutant("retries a refused PATCH blindly", "without a fresh look") {
            $0.transport = { transport in
                BrokenTransport.events(transport) { event, request in
                    guard case .ended(_, .answered(let answer)) = event, request?.method == .patch,
                        answer.status == 409
                    else { return .pass(event) }
                    return .sendAgain
                }
            }
        },
        Mutant("believes a cache", "after a read that showed the wanted state") {
            $0.transport = { CachingTransport.make($0) }
        },
    ]

    static let wire = [
        Mutant("swallows answers", "waits for nothing") {
            var count = 0
            $0.transport = { transport in
                BrokenTransport.events(transport) { event, _ in
                    count += 1
                    return count % 20 == 0 ? .swallow : .pass(event)
                }
            }
        },
        Mutant("takes a lost answer for a refusal", "a PATCH was applied") {
            $0.transport = { transport in
                BrokenTransport.events(transport) { event, request in
                    guard case .ended(let id, .sentNoAnswer) = event, request?.method == .patch else {
                        return .pass(event)
                    }
                    let refusal = HTTPAnswer(
                        status: 400, headers: HTTPHeaders([("Content-Type", "application/json")]),
                        body: Array(#"{"errorCode":"VALIDATION_ERROR"}"#.utf8))
                    return .pass(.ended(id, .answered(refusal)))
                }
            }
        },
        Mutant("sends to another project", "not as planned") {
            var first: String?
            $0.transport = { transport in
                BrokenTransport.requests(transport) { request in
                    guard request.method == .patch else { return request }
                    first = first ?? request.path
                    var request = request
                    request.path = first ?? request.path
                    return request
                }
            }
        },
    ]

    static let bodies = [
        Mutant("switches encryption off", "enabled is not true") {
            $0.transport = {
                BrokenTransport.bodies($0) { Self.set(FieldName.enabled, .bool(false), in: &$0) }
            }
        },
        Mutant("sends valid", "not as planned") {
            $0.transport = { BrokenTransport.bodies($0) { Self.set(FieldName.valid, .bool(true), in: &$0) } }
        },
        Mutant("sends a null", "is null in the body") {
            $0.transport = {
                BrokenTransport.bodies($0) { Self.set("keyVersionResourceID", .null, in: &$0) }
            }
        },
        Mutant("sends a secret that nobody asked for", "serviceAccountKey is not as planned") {
            $0.transport = {
                BrokenTransport.bodies($0) { body in
                    guard body["googleCloudKms"] != nil else { return }
                    Self.set("serviceAccountKey", .string("{}"), in: &body)
                }
            }
        },
        Mutant("forgets the search nodes", "enabledForSearchNodes is not as planned") {
            $0.transport = { BrokenTransport.bodies($0) { $0[FieldName.searchNodes] = nil } }
        },
        Mutant("sends a second provider", "is in the body") {
            $0.transport = {
                BrokenTransport.bodies($0) { body in
                    let other = Provider.allCases.first { body[$0.rawValue] == nil }
                    body[other?.rawValue ?? ""] = .object([FieldName.enabled: .bool(true)])
                }
            }
        },
    ]

    /// What leaves is not what was sealed: the rows that a job hands out are not those of its plan.
    static let sealed = [
        Mutant("hands out another change than the plan's", "enabledForSearchNodes is not as planned") {
            $0.rows = {
                BrokenGate($0) { event in
                    guard case .loadedWork(var items, let isLast) = event else { return event }
                    for index in items.indices {
                        items[index].change = withSearchNodes(items[index].change)
                    }
                    return .loadedWork(items, isLast: isLast)
                }
            }
        }
    ]

    /// Sets a field of the provider's object.
    private static func set(_ field: String, _ value: JSONValue, in body: inout [String: JSONValue]) {
        for (name, object) in body {
            guard var members = object.object else { continue }
            members[field] = value
            body[name] = .object(members)
        }
    }

    static let limits = [
        Mutant("one too many at once", "more in flight than the concurrency") {
            $0.settings = { settings in
                var settings = settings
                settings.concurrency += 1
                return settings
            }
        },
        Mutant("twice the pace", "after the last one") {
            $0.settings = { settings in
                var settings = settings
                settings.patchInterval = settings.patchInterval.map { $0 / 2 }
                return settings
            }
        },
        Mutant("gives up after one try", "attempts_exhausted") {
            $0.settings = { settings in
                var settings = settings
                settings.maxAttempts = 1
                return settings
            }
        },
        Mutant("a clock that lags behind its timer", "the run spins") {
            $0.clock = { Now(instant: Instant(nanoseconds: $0.instant.nanoseconds * 9 / 10), wall: $0.wall) }
        },
    ]

    static let file = [
        Mutant("a file that swallows intents", "in the file") {
            $0.file = { journal in
                BrokenJournal(journal) {
                    $0.filter { if case .project(_, .intent) = $0 { false } else { true } }
                }
            }
        },
        Mutant("a file without results", "in the file") {
            $0.file = { BrokenJournal.results($0) { _ in [] } }
        },
        Mutant("a file with other totals", "the totals say") {
            $0.file = {
                BrokenJournal.results($0) { outcome in
                    var other = outcome
                    if outcome.result == .changed { other.result = .unchanged }
                    return [other]
                }
            }
        },
        Mutant("a file that forgets how attempts ended", "open work is not the model's") {
            $0.file = { journal in
                BrokenJournal(journal) {
                    $0.filter { if case .project(_, .attemptEnded) = $0 { false } else { true } }
                }
            }
        },
    ]
}

/// Gives the first good answer of each state read for ever.
enum CachingTransport {
    static func make(_ inner: any Transport) -> BrokenTransport {
        var first: [String: Reply] = [:]
        return BrokenTransport.events(inner) { event, request in
            guard case .ended(let id, .answered(let answer)) = event, let request, request.method == .get,
                request.path.hasSuffix("/encryptionAtRest"), answer.isSuccess
            else { return .pass(event) }
            first[request.path] = first[request.path] ?? .answered(answer)
            return .pass(.ended(id, first[request.path] ?? .answered(answer)))
        }
    }
}
