import AtlasAPI
import ArgumentParser
import CurlTransport
import JobRunner
import MigrationCore
import Reporting

struct Doctor: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Check address, TLS, proxy, clock, credentials, access list, projects and limits.",
        discussion: """
            A line for each: ok, warn or fail, and what to do. Changes nothing; a handful of GET requests leave. 0 when
            nothing fails, 10 when the credentials or the access list do, else 3.

              keyshift doctor
              keyshift doctor --ca-file corporate-root.pem
            """)

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "General") var global: GlobalOptions

    func run(_ desk: Desk) throws -> ExitStatus {
        try DoctorVisit(desk, Connection.load(connection, desk.environment)).run()
    }
}

/// `doctor`: a few requests, one after another, and what their answers mean.
private final class DoctorVisit {
    private let desk: Desk
    private let connection: Connection
    private var transport: SecretKeepingTransport?
    private var lastRequest = 0
    private var trace: TransferTrace?
    private var certificates: [String] = []
    private var findings: [Finding] = []
    /// The first wait that an answer asked for.
    private var asked: Finding?

    init(_ desk: Desk, _ connection: Connection) {
        self.desk = desk
        self.connection = connection
    }

    func run() throws -> ExitStatus {
        let credentials = try connection.requireCredentials()
        tell(Checkup.address(connection.address))
        tell(.ok(.credentials, credentials.kind))
        transport = SecretKeepingTransport(
            try desk.makeTransport(configuration), secrets: SystemSecrets(environment: desk.environment),
            credentials: credentials, others: ProxyName.passwords(desk.environment))
        visit(credentials)
        if let asked { tell(asked) }
        return findings.contains { $0.isAccess }
            ? .accessRefused : findings.contains { $0.level == .fail } ? .someFailed : .done
    }

    private var configuration: CurlTransport.Configuration {
        var configuration = connection.configuration(connections: 1, desk)
        configuration.tellsCertificates = true
        configuration.trace = { [weak self] trace in
            self?.trace = trace
            if !trace.certificates.isEmpty { self?.certificates = trace.certificates }
        }
        return configuration
    }

    private func tell(_ finding: Finding) {
        findings.append(finding)
        desk.console.out(finding.line)
    }

    private func visit(_ credentials: Credentials) {
        guard let authorization = authorization(credentials) else { return }
        let identity = call(Endpoint.identity.request(authorization: authorization))
        if case .serviceAccount = credentials {} else if !reached(identity) { return }
        let identified = Checkup.identity(identity, given: connection.organisation)
        identified.forEach(tell)
        if case .answered(let answer) = identity, let sunset = Checkup.sunset(answer) { tell(sunset) }
        if !identified.contains(where: { $0.level == .fail }) {
            let list = Endpoint.projects(connection.organisation, page: 1)
            tell(Checkup.projects(call(list.request(authorization: authorization))))
            tell(Checkup.limits(call(Endpoint.limits.request(authorization: authorization))))
        }
        revoke(credentials, authorization)
    }

    /// With a service account the first request is that for a token.
    private func authorization(_ credentials: Credentials) -> HTTPRequest.Authorization? {
        switch credentials {
        case .apiKey(let publicKey, let privateKey): return .digest(user: publicKey, password: privateKey)
        case .serviceAccount(let id, let secret):
            let reply = call(OAuth.tokenRequest(clientID: id, clientSecret: secret))
            guard reached(reply) else { return nil }
            let (finding, token) = Checkup.token(reply)
            tell(finding)
            return token.map { .bearer($0.value) }
        }
    }

    /// What the first request tells of the way to the server.
    private func reached(_ reply: Reply) -> Bool {
        tell(
            Checkup.connection(
                reply, httpVersion: trace?.httpVersion,
                proxy: ProxyName.of(connection.address, desk.environment),
                usedProxy: trace?.usedProxy ?? false))
        for certificate in certificates {
            tell(.ok(.certificate, transport?.redaction.clean(certificate) ?? Redaction.mark))
        }
        guard case .answered(let answer) = reply, !(300...399).contains(answer.status) else { return false }
        tell(Checkup.clock(answer, now: desk.wall))
        return true
    }

    private func revoke(_ credentials: Credentials, _ authorization: HTTPRequest.Authorization) {
        guard case .serviceAccount(let id, let secret) = credentials, case .bearer(let token) = authorization
        else { return }
        // Best effort: the token ends by itself within the hour.
        _ = call(OAuth.revokeRequest(token: token, clientID: id, clientSecret: secret))
    }

    private func call(_ request: HTTPRequest) -> Reply {
        lastRequest += 1
        let id = RequestID(lastRequest)
        guard let transport else { return .notSent(TransportFailure(.other, "there is no transport")) }
        transport.start([(id, request)])
        var voice = WaitVoice(
            requestTimeout: connection.options.requestTimeout.duration, now: desk.now().instant)
        while true {
            for case .ended(id, let reply) in transport.wait(until: desk.now().instant + .seconds(1)) {
                asked = asked ?? Checkup.wait(reply, now: desk.now())
                return reply
            }
            let line = voice.hear(Waiting(.answers(1), until: nil), now: desk.now())
            if let line { desk.console.say(line) }
        }
    }
}

extension Credentials {
    /// Their kind, for people; never a value that is secret.
    fileprivate var kind: String {
        switch self {
        case .serviceAccount(let id, _):
            "service account " + (id.wholeMatch(of: /mdb_sa_id_[0-9a-f]{24}/) != nil ? id : Self.odd)
        case .apiKey(let key, _):
            "API key " + (key.wholeMatch(of: /[A-Za-z0-9]{1,12}/) != nil ? key : Self.odd)
        }
    }

    /// Somebody may have put a secret there.
    private static let odd = "(its name is not as Atlas makes them, and is not shown)"
}
