import AtlasAPI

/// A model of the slice of Atlas that keyshift meets: a value without clock, sockets or randomness of its own.
///
/// A driver hands it requests with the time, does with each response what its delivery says, and calls
/// `finish` when the exchange is over. Copy it to branch a run; encode it to go on later.
package struct SimulatedAtlas: Codable, Sendable {
    package var options: SimulationOptions
    package var faults: FaultPlan
    package internal(set) var fleet: Fleet
    package let seed: UInt64
    /// How often it has been started; counted up by `restart`.
    package private(set) var generation = 1
    package private(set) var sequence = 0

    var tokens = TokenDesk()
    var gate = DigestGate()
    var buckets = RateBuckets()
    /// Ordinals of what is no project of the fleet: lists, unknown ids.
    private var otherCounts: [String: Int] = [:]
    /// When the first request came since the start: what fault windows are counted from.
    private var began: Int64?
    /// Sequence numbers of the open requests, by project.
    private var open: [String: Set<Int>] = [:]

    package init(
        fleet: Fleet, faults: FaultPlan = FaultPlan(), seed: UInt64, options: SimulationOptions = .init()
    ) {
        self.fleet = fleet
        self.faults = faults
        self.seed = seed
        self.options = options
    }

    /// Begins anew after a stop: the state and the ordinals stay, no request is open.
    package mutating func restart() {
        generation += 1
        open = [:]
        began = nil
    }

    /// Puts a project back as it was written down, together with the sequence number of that moment.
    package mutating func restore(_ project: SimulatedProject, sequence: Int) {
        fleet.projects[project.id] = project
        self.sequence = max(self.sequence, sequence)
    }

    /// Says that the exchange with this project and sequence number is over: answered, reset or left by the client.
    package mutating func finish(project: String, sequence: Int) {
        open[project]?.remove(sequence)
        if open[project]?.isEmpty == true { open[project] = nil }
    }

    /// Decides a request; `now` is in milliseconds since 1970.
    package mutating func handle(_ request: SimulatedRequest, now: Int64) -> SimulatedResponse {
        sequence += 1
        began = began ?? now
        var visit = Visit(
            request: request, route: Route(path: request.path), now: now,
            entry: LogEntry(
                sequence: sequence, time: now, generation: generation, method: request.method,
                path: request.target))
        if request.method == "PATCH" || request.method == "POST", visit.route?.bucket != nil {
            visit.entry.body = JSONValue(parsing: request.body).map(EncryptionPatch.redacted)
        }
        decide(&visit)
        return close(visit)
    }

    private mutating func decide(_ visit: inout Visit) {
        if let route = visit.route, route.bucket == nil {
            enter(&visit, route)
            return answer(&visit, route)
        }
        guard let principal = principal(of: visit.request, now: visit.now) else {
            let nonce = gate.issue(seed: seed, life: options.nonceLife, now: visit.now)
            visit.answer = .challenge(nonce: nonce)
            return
        }
        visit.entry.isAuthenticated = true
        visit.entry.principal = principal
        guard let route = visit.route, let bucket = route.bucket else {
            visit.answer = .refusal(.notFound(visit.request.path))
            return
        }
        enter(&visit, route)
        let limit = options.limit(bucket.set)
        let outcome = buckets.take(bucket.set, scope: bucket.scope, limit: limit, now: visit.now)
        visit.limit = limit
        visit.remaining = outcome.remaining
        if let seconds = outcome.retryAfter {
            // The bucket refuses before the fault can strike, and the ordinal is kept for the next one: else a
            // full bucket could eat the good answers between two rows of faults.
            visit.entry.fault = nil
            if let subject = visit.subject { fleet.projects[subject]?.counts[visit.request.method]? -= 1 }
            visit.answer = .refusal(.rateLimited(path: visit.request.path, retryAfter: seconds, limit: limit))
            if !options.omitsRetryAfter { visit.answer.headers.add("Retry-After", String(seconds)) }
        } else {
            answer(&visit, route)
        }
    }

    /// Somebody else's hands, without a request.
    package mutating func editProject(_ id: String, _ change: (inout SimulatedProject) -> Void) {
        guard var project = fleet.projects[id] else { return }
        change(&project)
        fleet.projects[id] = project
    }

    /// Counts the request and notes whether it meets another one of the same project.
    private mutating func enter(_ visit: inout Visit, _ route: Route) {
        let method = visit.request.method
        let subject = visit.subject ?? route.subject
        let ordinal: Int
        if fleet.projects[subject] != nil {
            ordinal = (fleet.projects[subject]?.counts[method] ?? 0) + 1
            fleet.projects[subject]?.counts[method] = ordinal
            if case .encryption = route, method == "PATCH" { fleet.projects[subject]?.patchesSeen += 1 }
            visit.entry.project = subject
            visit.entry.overlapped = open[subject] != nil
            open[subject, default: []].insert(visit.entry.sequence)
            if visit.entry.overlapped {
                visit.violations.append("overlapped with another request of the project")
            }
        } else {
            let key = "\(subject) \(method)"
            ordinal = (otherCounts[key] ?? 0) + 1
            otherCounts[key] = ordinal
        }
        visit.entry.ordinal = ordinal
        visit.faults = faults.draw(seed: seed, subject: subject, method: method, ordinal: ordinal)
        if let kind = faults.window(at: visit.now - (began ?? visit.now)) { visit.faults.main = kind }
        visit.entry.fault = visit.faults.main?.rawValue
        visit.entry.delay = delay(subject: subject, method: method, ordinal: ordinal)
    }

    /// Carries the request out, unless a fault comes first, and lets a fault spoil the answer.
    private mutating func answer(_ visit: inout Visit, _ route: Route) {
        let fault = visit.faults.main
        visit.entry.before = visit.entry.project.flatMap { fleet.projects[$0]?.encryption.fingerprint }
        let isEdited = visit.faults.aftermath.contains(.foreignEdit) && visit.request.method == "GET"
        if isEdited { editByOthers(&visit) }
        if fault?.appliesFirst ?? true {
            do throws(Refusal) {
                try carryOut(&visit, route)
            } catch {
                visit.answer = .refusal(error)
            }
        }
        // A read changes nothing, and most requests are reads.
        visit.entry.after =
            visit.request.method == "GET" && !isEdited
            ? visit.entry.before : visit.entry.project.flatMap { fleet.projects[$0]?.encryption.fingerprint }
        guard let fault else { return }
        if fault == .limitedAfter, visit.request.method == "PATCH", let project = visit.entry.project {
            fleet.projects[project]?.patchesLimited += 1
        }
        let settings = visit.entry.project.flatMap { fleet.projects[$0]?.encryption }
        let role = visit.entry.project.flatMap { fleet.projects[$0]?.roles.first?.id } ?? ""
        let limit = visit.limit ?? EndpointSet.encryption.publishedLimit
        if let answer = fault.answer(
            path: visit.request.path, limit: limit, provider: settings?.provider, role: role,
            ordinal: visit.entry.ordinal ?? 1)
        {
            visit.answer = answer
        }
        if !fault.appliesFirst, fault.delivery != .deliver { visit.answer.status = 0 }
        visit.delivery = fault == .cut ? .truncated(visit.answer.body.count / 2) : fault.delivery
    }

    private func delay(subject: String, method: String, ordinal: Int) -> Int64 {
        guard options.latency.upperBound > 0 else { return 0 }
        var random = Dice(seed: StableHash.of(seed, subject, method, String(ordinal), "latency"))
        return Int64.random(in: options.latency, using: &random)
    }

    /// The headers that every answer has, the log entry's end, and the project's marks.
    private mutating func close(_ visit: Visit) -> SimulatedResponse {
        var visit = visit
        visit.answer.headers.add("Date", ServerDate.http(visit.now))
        visit.answer.headers.add("Server", "mdbws")
        if let sunset = options.sunset {
            visit.answer.headers.add("sunset", sunset)
            visit.answer.headers.add("Deprecation", sunset)
        }
        if let limit = visit.limit, visit.answer.headers["Content-Type"] != "text/html" {
            visit.answer.headers.add("Ratelimit-Limit", String(limit.capacity))
            visit.answer.headers.add("Ratelimit-Remaining", String(visit.remaining))
        }
        visit.entry.status = visit.answer.status
        visit.entry.code = visit.answer.headers["X-Error-Code"]
        switch visit.delivery {
        case .deliver: visit.entry.delivery = "answered"
        case .resetBeforeAnswer: visit.entry.delivery = "reset"
        case .hang: visit.entry.delivery = "hung"
        case .truncated: visit.entry.delivery = "cut"
        }
        settle(&visit)
        visit.entry.violations = visit.violations
        return SimulatedResponse(
            answer: visit.answer, delivery: visit.delivery, delay: visit.entry.delay, entry: visit.entry,
            changedProject: visit.changesState ? visit.entry.project : nil)
    }

    /// A change sent again without a look in between is what a client must never do after an unknown outcome.
    private mutating func settle(_ visit: inout Visit) {
        guard let id = visit.entry.project else { return }
        // Nor does somebody else's answer tell what became of the request.
        let isUnknown =
            visit.delivery != .deliver || visit.answer.status >= 500 || visit.faults.main?.isForeign == true
        if case .encryption? = visit.route {
            if visit.request.method == "PATCH" {
                if fleet.projects[id]?.isUnsettled == true {
                    visit.violations.append("sent a change again without a look after an unknown outcome")
                }
                fleet.projects[id]?.isUnsettled = isUnknown
            } else if !isUnknown, visit.answer.isSuccess {
                fleet.projects[id]?.isUnsettled = false
            }
        }
        fleet.projects[id]?.violations += visit.violations
    }
}

/// One request on its way through the model.
struct Visit {
    let request: SimulatedRequest
    let route: Route?
    let now: Int64
    var entry: LogEntry
    var faults = FaultPlan.Drawn()
    var answer = HTTPAnswer(status: 200, headers: HTTPHeaders(), body: [])
    var delivery = SimulatedResponse.Delivery.deliver
    var limit: RateLimit?
    var remaining = 0
    var violations: [String] = []
    var changesState = false

    /// The project of the path in lower case, as the fleet keeps it.
    var subject: String? { route?.project?.lowercased() }

    init(request: SimulatedRequest, route: Route?, now: Int64, entry: LogEntry) {
        self.request = request
        self.route = route
        self.now = now
        self.entry = entry
    }
}
