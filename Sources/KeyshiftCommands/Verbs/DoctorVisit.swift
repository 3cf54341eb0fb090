import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import MigrationCore
import Reporting

/// `doctor`: a few requests, one after another, and what their answers mean.
final class DoctorVisit {
    private let console: Console
    private let connection: Connection
    private let options: ConnectionOptions
    private let environment: [String: String]
    private var transport: SecretKeepingTransport?
    private var lastRequest = 0
    private var trace: TransferTrace?
    private var certificates: [String] = []
    private var findings: [Finding] = []

    init(
        console: Console, connection: Connection, options: ConnectionOptions, environment: [String: String]
    ) {
        self.console = console
        self.connection = connection
        self.options = options
        self.environment = environment
    }

    func run() throws -> ExitStatus {
        let credentials = try connection.requireCredentials()
        tell(Checkup.address(connection.address))
        tell(.ok("credentials", credentials.kind))
        let transport = try CurlTransport(configuration: configuration)
        self.transport = SecretKeepingTransport(
            transport, secrets: SystemSecrets(environment: environment), credentials: credentials,
            others: ProxyName.passwords(environment))
        defer { transport.close() }
        visit(credentials)
        return findings.contains { $0.isAccess }
            ? .accessRefused : findings.contains { $0.level == .fail } ? .someFailed : .done
    }

    private var configuration: CurlTransport.Configuration {
        var configuration = CurlTransport.Configuration(
            baseAddress: connection.address, connections: 1, requestTimeout: options.requestTimeout.duration,
            connectTimeout: options.connectTimeout.duration, roots: connection.roots,
            userAgent: "keyshift/\(Keyshift.version)")
        configuration.tellsCertificates = true
        configuration.trace = { [weak self] trace in
            self?.trace = trace
            if !trace.certificates.isEmpty { self?.certificates = trace.certificates }
        }
        return configuration
    }

    private func tell(_ finding: Finding) {
        findings.append(finding)
        console.out(finding.line)
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
                reply, httpVersion: trace?.httpVersion, proxy: ProxyName.of(connection.address, environment),
                usedProxy: trace?.usedProxy ?? false))
        for certificate in certificates {
            tell(.ok("certificate", transport?.redaction.clean(certificate) ?? Redaction.mark))
        }
        guard case .answered(let answer) = reply, !(300...399).contains(answer.status) else { return false }
        tell(Checkup.clock(answer, now: SystemClock.wallMilliseconds()))
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
        while true {
            for case .ended(id, let reply) in transport.wait(until: nil) { return reply }
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

/// The proxy that the environment names, without its user and password.
enum ProxyName {
    private static let variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]

    /// What stands between the user and the host in the variables, as it is and as it is sent.
    static func passwords(_ environment: [String: String]) -> [Secret] {
        variables.compactMap { environment[$0] }.flatMap { value -> [Secret] in
            guard let end = value.lastIndex(of: "@") else { return [] }
            let user = value[..<end].split(separator: "//").last ?? ""
            guard let colon = user.firstIndex(of: ":") else { return [] }
            let password = String(user[user.index(after: colon)...])
            return [Secret(password)] + (password.removingPercentEncoding.map { [Secret($0)] } ?? [])
        }
    }

    /// nil: none. Plain http is for this machine and never goes through one.
    static func of(_ address: String, _ environment: [String: String]) -> String? {
        guard address.hasPrefix("https:") else { return nil }
        guard let value = variables.compactMap({ environment[$0] }).first, !value.isEmpty else { return nil }
        let authority = value.split(separator: "@").last.map(String.init) ?? ""
        let place = authority.firstRange(of: "://").map { String(authority[$0.upperBound...]) } ?? authority
        // Anything else may hold a password that was meant for another place.
        guard place.wholeMatch(of: /([A-Za-z0-9.-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?\/?/) != nil else {
            return "(its value is not user:password@host:port and is not shown)"
        }
        return place
    }
}
