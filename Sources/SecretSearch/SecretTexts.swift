import AtlasAPI
import FoundationEssentials

/// What is secret in a secret.
enum SecretTexts {
    /// Of a Google key file the keys, since messages may well be about the account. Of any other JSON the texts that
    /// are long enough to be a secret and no common word; else the whole. Without PEM's armour, and also with escapes
    /// read.
    static func of(_ secret: String) -> [[UInt8]] {
        let bytes = Array(secret.utf8)
        var texts = JSONValue(parsing: bytes).map(members) ?? []
        if texts.isEmpty { texts = [secret] }
        // A key that is given in base64 may be quoted as what it stands for.
        if bytes.count >= SecretNeedles.window, let data = Data(base64Encoded: secret),
            let inner = String(validating: data, as: UTF8.self)
        {
            let members = JSONValue(parsing: Array(data)).map(members) ?? []
            texts += members.isEmpty ? [inner] : members
        }
        return texts.flatMap { text in
            let plain = Array(text.utf8)
            return [plain, EncodedText.unescaped(plain)].compactMap { $0 }.flatMap(withoutArmour)
        }
    }

    /// Empty for a text that is JSON by chance, such as digits only.
    private static func members(_ value: JSONValue) -> [String] {
        guard value.object != nil || value.array != nil else { return [] }
        let keys = ["private_key", "private_key_id"].compactMap { value[$0]?.string }
        return keys.isEmpty ? leaves(value).filter { $0.utf8.count >= SecretNeedles.window } : keys
    }

    private static let publicMembers: Set<String> = [
        "type", "project_id", "client_email", "client_id", "auth_uri", "token_uri",
        "auth_provider_x509_cert_url", "client_x509_cert_url", "universe_domain", "quota_project_id",
    ]

    private static func leaves(_ value: JSONValue) -> [String] {
        switch value {
        case .null, .bool, .number: []
        case .string(let text): [text]
        case .array(let items): items.flatMap(leaves)
        case .object(let members):
            members.filter { !publicMembers.contains($0.key) }.values.flatMap(leaves)
        }
    }

    /// Splits at `-----BEGIN PRIVATE KEY-----` and the like.
    private static func withoutArmour(_ text: [UInt8]) -> [[UInt8]] {
        let dashes = text.indices.filter { text[$0...].starts(with: "-----".utf8) }
        guard !dashes.isEmpty else { return [text] }
        var pieces: [[UInt8]] = []
        var start = 0
        for (first, last) in zip(dashes, dashes.dropFirst())
        where first >= start && last - first <= 60
            && (text[(first + 5)...].starts(with: "BEGIN".utf8)
                || text[(first + 5)...].starts(with: "END".utf8))
        {
            pieces.append(Array(text[start..<first]))
            start = last + 5
        }
        return pieces + [Array(text[min(start, text.count)...])]
    }

    static let common: [String] = [
        "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----", "-----BEGIN EC PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----", "-----END PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----",
        #"{"type": "service_account", "project_id": ""#, #"", "private_key_id": ""#,
        #"", "private_key": "-----BEGIN PRIVATE KEY-----\n"#,
        #"\n-----END PRIVATE KEY-----\n", "client_email": ""#,
        #".iam.gserviceaccount.com", "client_id": ""#,
        #"", "auth_uri": "https://accounts.google.com/o/oauth2/auth""#,
        #"", "token_uri": "https://oauth2.googleapis.com/token""#,
        #"", "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs""#,
        #"", "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/"#,
        #"", "universe_domain": "googleapis.com"}"#, #""serviceAccountKey": ""#, #""secretAccessKey": ""#,
        "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "mdb_sa_sk_", "mdb_sa_id_",
    ]
}
