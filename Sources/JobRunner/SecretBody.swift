package import AtlasAPI

/// Puts secrets into a body just before it is sent; the result goes to the socket and nowhere else.
package enum SecretBody {
    /// The body to send, and the secrets in it.
    package static func fill(
        _ body: JSONValue, from source: any SecretSource
    ) throws -> (bytes: [UInt8], secrets: [Secret]) {
        guard case .object(var members) = body else { return ([], []) }
        var secrets: [Secret] = []
        for provider in Provider.allCases {
            guard case .object(var object)? = members[provider.rawValue] else { continue }
            for field in provider.fields where field.isSecret {
                guard let reference = object[field.name]?.string else { continue }
                let secret = try source.read(reference)
                secrets.append(secret)
                object[field.name] = .string(secret.reveal())
            }
            members[provider.rawValue] = .object(object)
        }
        return (Array(JSONValue.object(members).canonicalText().utf8), secrets)
    }

    /// The references in a body.
    package static func references(in body: JSONValue) -> [String] {
        Provider.allCases.flatMap { provider in
            provider.fields.filter(\.isSecret).compactMap { body[provider.rawValue]?[$0.name]?.string }
        }
    }
}
