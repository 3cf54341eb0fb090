import AtlasAPI
import JobRunner
import MigrationCore
import Testing

/// Goal: the loop writes down before it acts, and acts on nothing that was not written. Method: the real engine with a
/// journal, rows and a transport that keep a diary and fail on command.
@Suite struct EngineLoopTests {
    struct Full: Error {}

    /// One machine of everything; the diary is in order.
    final class World: Journal, RowSource, Transport, SecretSource {
        var diary: [String] = []
        var seconds = 0.0
        var failAtCommit = Int.max
        var secret: String? = "s3"
        /// What the PATCH is answered with; nil: it is taken.
        var refusal: HTTPAnswer?
        /// Everything that was committed, as it would be written down.
        private(set) var written = ""
        private var commits = 0
        private var rows: [WorkItem]
        private var open: [TransportEvent] = []
        private var state = EngineLoopTests.before

        init(projects: Int, change: PlannedChange = EngineLoopTests.change) {
            rows = (0..<projects).map { number in
                WorkItem(
                    ordinal: number + 1, project: EngineLoopTests.id(number), change: change,
                    history: AttemptHistory())
            }
        }

        var now: Now { Now(instant: Instant(nanoseconds: Int64(seconds * 1e9)), wall: Int64(seconds * 1000)) }

        func commit(_ records: [JournalRecord]) throws {
            commits += 1
            guard commits < failAtCommit else { throw Full() }
            for record in records {
                written += "\(record)\n"
                switch record {
                case .project(let ordinal, .intent(let number, _)):
                    diary.append("intent \(ordinal).\(number)")
                case .project(let ordinal, .attemptEnded(_, let verdict, _, _)):
                    diary.append("end \(ordinal) \(verdict.rawValue)")
                case .project(let ordinal, .outcome(let outcome)):
                    diary.append("outcome \(ordinal) \(outcome.result.rawValue)")
                default: break
                }
            }
        }

        func next(_ want: RowWant) throws -> Event {
            guard case .rows(let count, _) = want else { return .loadedWork([], isLast: true) }
            defer { rows.removeFirst(min(count, rows.count)) }
            return .loadedWork(Array(rows.prefix(count)), isLast: rows.count < count)
        }

        func read(_ reference: String) throws -> Secret {
            diary.append("secret \(reference)")
            guard let secret else { throw Full() }
            return Secret(secret)
        }

        func start(_ requests: [(id: RequestID, request: HTTPRequest)]) {
            for (id, request) in requests {
                let isPatch = request.method == .patch
                if isPatch { diary.append("PATCH \(String(decoding: request.body, as: UTF8.self))") }
                let isProbe = request.path.contains("orgs")
                if isPatch, let refusal {
                    open.append(.ended(id, .answered(refusal)))
                    continue
                }
                if isPatch { state = EngineLoopTests.after }
                let body = isProbe ? #"{"results":[]}"# : EngineLoopTests.wire(state)
                let type = HTTPHeaders([(name: "Content-Type", value: Endpoint.identity.mediaType)])
                let answer = HTTPAnswer(status: 200, headers: type, body: Array(body.utf8))
                open.append(.ended(id, .answered(answer)))
            }
        }

        func wait(until deadline: Instant?) -> [TransportEvent] {
            if let deadline { seconds = max(seconds, Double(deadline.nanoseconds) / 1e9) }
            defer { open = [] }
            if !open.isEmpty { seconds += 0.1 }
            return open
        }
    }

    static func id(_ number: Int) -> ProjectID { ProjectID("65000000000000000000000\(number)")! }

    static func aws(_ access: String) -> EncryptionState {
        let settings = ProviderSettings(
            provider: .awsKms, values: ["accessKeyID": .text(access)], isValid: true)
        return EncryptionState(enabled: [settings], searchNodes: nil)
    }

    static let before = aws("AKIA0")
    static let after = aws("AKIA1")

    static func wire(_ state: EncryptionState) -> String {
        guard case .text(let access)? = state.single?.values["accessKeyID"] else { return "{}" }
        return #"{"awsKms":{"enabled":true,"accessKeyID":"\#(access)","valid":true},"#
            + #""azureKeyVault":{"enabled":false},"googleCloudKms":{"enabled":false}}"#
    }

    static let change = PlannedChange(
        provider: .awsKms, before: before,
        changes: [
            FieldChange(
                path: "awsKms.accessKeyID", before: .value(.text("AKIA0")), after: .value(.text("AKIA1"))),
            FieldChange(
                path: "awsKms.secretAccessKey", before: .absent, after: .secret(reference: "${env:K}")),
        ], role: nil)

    static func loop(_ world: World, deadline: Double? = nil, observe: @escaping (Turn) -> Void = { _ in })
        -> EngineLoop
    {
        EngineLoop(
            journal: world, rows: world,
            transport: SecretKeepingTransport(world, secrets: world, credentials: credentials), signals: nil,
            clock: { world.now },
            deadline: deadline.map { Instant(nanoseconds: Int64($0 * 1e9)) }
        ) { turn, _, _ in observe(turn) }
    }

    static func engine() -> Engine {
        Engine(
            credentials: credentials, organisation: nil, settings: RunSettings(), seed: 1)
    }

    static let credentials = Credentials.apiKey(publicKey: "p", privateKey: Secret("k"))

    @Test func writesBeforeItActs() throws {
        let world = World(projects: 1)
        var engine = Self.engine()
        #expect(try Self.loop(world).run(&engine) == .completed)
        #expect(
            world.diary == [
                "intent 1.1", "secret ${env:K}",
                #"PATCH {"awsKms":{"accessKeyID":"AKIA1","enabled":true,"secretAccessKey":"s3"}}"#,
                "end 1 accepted", "outcome 1 changed",
            ])
    }

    /// The approved bytes are the bytes sent, in a spelling that no writer of ours has, with a secret and without.
    @Test(arguments: [false, true]) func theTextThatWasApprovedIsSent(hasSecret: Bool) throws {
        let secret = hasSecret ? #", "secret\u0041ccessKey" :"${env:K}""# : ""
        let body = #" { "awsKms": {"enabled" :true,"accessKeyID":"A\u004bIA1"\#(secret)} }"# + "\n"
        let change = try PlannedChange(
            restoring: .awsKms, before: Self.before,
            changes: Self.change.changes.filter { hasSecret || !$0.isSecret }, role: nil, body: body,
            planClass: hasSecret ? .irreversible : .reversible)
        let world = World(projects: 1, change: change)
        var engine = Self.engine()
        #expect(try Self.loop(world).run(&engine) == .completed)
        #expect(
            world.diary.filter { $0.hasPrefix("PATCH") } == [
                "PATCH " + body.replacing("${env:K}", with: "s3")
            ])
    }

    /// The journal fails at its Nth commit, for every N: whatever was sent had been written.
    @Test func nothingIsSentThatCouldNotBeWritten() throws {
        var isOver = false
        for failAt in 1...40 where !isOver {
            let world = World(projects: 1)
            world.failAtCommit = failAt
            var engine = Self.engine()
            do {
                _ = try Self.loop(world).run(&engine)
                isOver = true
            } catch {
                #expect(error is Full)
            }
            let patch = world.diary.firstIndex { $0.hasPrefix("PATCH") }
            if let patch { #expect(world.diary.firstIndex(of: "intent 1.1").map { $0 < patch } == true) }
        }
        #expect(isOver)
    }

    /// A secret that is gone is this machine's trouble and the same for every project, so the run ends.
    @Test func aSecretThatIsGoneIsNotSent() throws {
        let world = World(projects: 2)
        world.secret = nil
        var turns = 0
        var engine = Self.engine()
        let end = try Self.loop(world) { _ in turns += 1 }.run(&engine)
        guard case .environment(let detail) = end else {
            Issue.record("ended as \(end)")
            return
        }
        #expect(!detail.isEmpty && turns < 50 && !world.diary.contains { $0.hasPrefix("PATCH") })
        #expect(world.diary.contains("end 1 secret_unavailable"))
        #expect(!world.diary.contains { $0.hasPrefix("outcome") })
    }

    @Test func maxDurationStopsTheRun() throws {
        let world = World(projects: 9)
        var engine = Self.engine()
        #expect(try Self.loop(world, deadline: 0.25).run(&engine) == .stopped(.maxDuration))
        #expect(
            !world.diary.contains { $0.hasPrefix("PATCH") } || world.diary.contains { $0.hasPrefix("end") })
    }

    /// The API quotes what it refuses, whole or cut, in a text, a parameter or a header.
    @Test func anEchoedSecretIsWrittenNowhere() throws {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
        let world = World(projects: 1)
        world.secret = secret
        let body = """
            {"errorCode":"INVALID_ATTRIBUTE","detail":"the key \(secret.prefix(20))… of AKIA1 is bad","parameters":["\(secret)"],
            "badRequestDetail":{"fields":[{"field":"secretAccessKey","description":"is \(secret)"}]}}
            """
        world.refusal = HTTPAnswer(
            status: 400, headers: HTTPHeaders([(name: "X-Error-Code", value: secret)]), body: Array(body.utf8)
        )
        var engine = Self.engine()
        #expect(try Self.loop(world).run(&engine) == .completed)
        #expect(world.diary.last == "outcome 1 failed")
        #expect(world.written.contains("<redacted>; secretAccessKey: <redacted>"))
        for start in 0..<secret.utf8.count - 12 {
            #expect(!world.written.contains(secret.dropFirst(start).prefix(13)))
        }
    }

    @Test func ofAGoogleKeyOnlyTheKeyIsSecret() throws {
        let lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"]
        let world = World(projects: 1)
        world.secret = """
            {"type":"service_account","private_key":"-----BEGIN PRIVATE KEY-----\\n\(lines.joined(separator: "\\n"))\\n",
            "client_email":"kms@project-one.iam.gserviceaccount.com"}
            """
        for (detail, isSecret) in [
            ("kms@project-one.iam.gserviceaccount.com gives -----BEGIN PRIVATE KEY-----", false),
            ("it gives -----BEGIN PRIVATE KEY----- \(lines[1])", true),
            ("\(lines[0].dropFirst(9)), cut", true),
        ] {
            world.refusal = HTTPAnswer(
                status: 400, headers: HTTPHeaders(),
                body: Array(#"{"errorCode":"X","detail":"\#(detail)"}"#.utf8))
            var engine = Self.engine()
            _ = try Self.loop(world).run(&engine)
            #expect(world.written.contains(detail) != isSecret, "\(detail)")
        }
    }
}
