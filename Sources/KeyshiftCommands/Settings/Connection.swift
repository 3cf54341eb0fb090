import AtlasAPI
import CurlTransport
import Foundation
import JobRunner
import MigrationCore
import Reporting

/// Where to send requests and as whom: from the environment or a credentials file, never from a flag.
struct Connection {
    static let defaultAddress = "https://cloud.mongodb.com"

    enum Name {
        static let clientID = "MONGODB_ATLAS_CLIENT_ID"
        static let clientSecret = "MONGODB_ATLAS_CLIENT_SECRET"
        static let publicKey = "MONGODB_ATLAS_PUBLIC_API_KEY"
        static let privateKey = "MONGODB_ATLAS_PRIVATE_API_KEY"
        static let baseURL = "MONGODB_ATLAS_BASE_URL"
        static let organisation = "MONGODB_ATLAS_ORG_ID"
        static let all = [clientID, clientSecret, publicKey, privateKey, baseURL, organisation]
    }

    /// The flags.
    var options: ConnectionOptions
    var address: String
    /// nil when none are given, which only an offline plan may do without.
    var credentials: Credentials?
    var organisation: OrganisationID?
    /// Those of `--ca-file`.
    var roots: CurlTransport.Roots?

    /// Checks all that can be checked without a request, so that nothing is written with settings that can't work.
    /// - Throws: `CommandError` 78 for what does not fit together or can't be read, `CurlTransportError` for an
    ///   address that is not safe.
    static func load(_ options: ConnectionOptions, _ environment: [String: String]) throws -> Connection {
        try DescriptorLimit.require(requests: options.concurrency ?? RunSettings().concurrency)
        var values = environment.filter { Name.all.contains($0.key) && !$0.value.isEmpty }
        // What the file does not set comes from the environment: an address there still counts.
        if let file = options.credentials { values.merge(try CredentialsFile.read(file)) { $1 } }
        let roots = try options.caFile.map(roots)
        return Connection(
            options: options, address: try BaseAddress(values[Name.baseURL] ?? defaultAddress).text,
            credentials: try credentials(values),
            organisation: try organisation(values[Name.organisation]), roots: roots)
    }

    func requireCredentials() throws -> Credentials {
        guard let credentials else {
            throw CommandError(
                .environment,
                """
                no credentials: set \(Name.clientID) and \(Name.clientSecret) (a service account), or
                \(Name.publicKey) and \(Name.privateKey) (an API key), or give --credentials FILE.
                """)
        }
        return credentials
    }

    func configuration(connections: Int, _ desk: Desk) -> CurlTransport.Configuration {
        CurlTransport.Configuration(
            baseAddress: address, connections: connections, requestTimeout: options.requestTimeout.duration,
            connectTimeout: options.connectTimeout.duration, roots: roots,
            userAgent: "keyshift/\(ProgramVersion.text)", clock: { desk.now().instant })
    }

    /// A system's own collection has 300 KiB.
    private static let rootsLimit = 4 << 20

    /// libcurl would say of a file without roots that the server's certificate is bad.
    private static func roots(_ file: String) throws -> CurlTransport.Roots {
        let bytes: [UInt8]
        do {
            bytes = try InputFile.start(of: file, for: .secret, count: rootsLimit + 1)
        } catch {
            throw CommandError(
                .environment, "\(file): the CA file can't be read: \(error.detail); nothing was sent.")
        }
        guard Data(bytes).range(of: Data("-----BEGIN ".utf8)) != nil else {
            throw CommandError(
                .environment,
                "\(file): the CA file holds no certificate in PEM form (-----BEGIN CERTIFICATE-----).")
        }
        guard bytes.count <= rootsLimit else {
            throw CommandError(.environment, "\(file): the CA file is over \(rootsLimit >> 20) MiB.")
        }
        return CurlTransport.Roots(path: file, certificates: bytes)
    }

    private static func credentials(_ values: [String: String]) throws -> Credentials? {
        let account = (values[Name.clientID], values[Name.clientSecret])
        let key = (values[Name.publicKey], values[Name.privateKey])
        guard (account.0 ?? account.1) == nil || (key.0 ?? key.1) == nil else {
            throw CommandError(
                .environment,
                "both a service account and an API key are given (in the environment, or there and in the "
                    + "credentials file); keyshift takes one kind. Unset \(Name.clientID) and "
                    + "\(Name.clientSecret), or the two API key names."
            )
        }
        for name in [Name.clientID, Name.clientSecret, Name.publicKey, Name.privateKey] {
            guard
                values[name]?.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) == true
            else { continue }
            throw CommandError(
                .environment,
                "\(name) holds a control character, perhaps a line end from a file. Set it anew.")
        }
        try checkIsNoSecret(account.0, Name.clientID, Name.clientSecret)
        try checkIsNoSecret(key.0, Name.publicKey, Name.privateKey)
        switch (account, key) {
        case ((let id?, let secret?), _): return .serviceAccount(clientID: id, secret: Secret(secret))
        case (_, (let id?, let secret?)): return .apiKey(publicKey: id, privateKey: Secret(secret))
        case ((nil, nil), (nil, nil)): return nil
        default:
            let names =
                (account.0 ?? account.1) != nil
                ? [Name.clientID, Name.clientSecret] : [Name.publicKey, Name.privateKey]
            throw CommandError(
                .environment, "\(names[0]) and \(names[1]) go together; one of them is missing.")
        }
    }

    /// Names are shown, in logs too, so a secret in a name's place must not come that far. Atlas's secrets begin with
    /// `mdb_sa_sk_`, or are UUIDs (private keys).
    private static func checkIsNoSecret(_ value: String?, _ name: String, _ other: String) throws {
        guard let value, value.hasPrefix("mdb_sa_sk_") || UUID(uuidString: value) != nil else { return }
        throw CommandError(
            .environment, "\(name) holds what looks like a secret; is it swapped with \(other)?")
    }

    private static func organisation(_ given: String?) throws -> OrganisationID? {
        guard let given else { return nil }
        guard let id = OrganisationID(given) else {
            throw CommandError(.environment, "\(Name.organisation) must be 24 hex digits.")
        }
        return id
    }
}

extension KnownSecrets {
    /// What this machine sends over a connection, and can read.
    convenience init(of connection: Connection, _ environment: [String: String]) {
        self.init(
            connection.credentials, others: ProxyName.passwords(environment),
            source: SystemSecrets(environment: environment))
    }
}
