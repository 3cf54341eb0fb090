package import FleetCSV
package import TargetFiles
package import AtlasAPI
package import MigrationCore
import SecretSearch

/// The secrets that this machine has for a run, which no text of its inputs may hold: the job, its plan and its reports
/// keep those texts as they are.
package final class KnownSecrets {
    /// Bytes of a secret that is looked for. Every one that Atlas or a cloud makes has 32 or more; one that a person
    /// made up in fewer than 8 may be a word that stands in any name, and would refuse a sheet for nothing.
    package static let shortest = 8

    private let redaction = Redaction()
    private let source: any SecretSource
    private var references: Set<ResolvedSecretReference> = []
    /// Those that are known, in the order in which they were learnt.
    package private(set) var secrets: [Secret] = []
    /// How many secrets are known, so that what was searched before can be searched again.
    package var count: Int { secrets.count }

    /// `others`: further secrets that this machine sends, such as a proxy's password. `source`: of those that a target
    /// names.
    package init(_ credentials: Credentials?, others: [Secret] = [], source: any SecretSource) {
        self.source = source
        switch credentials {
        case .apiKey(let key, let secret)?: learn(.digest(user: key, password: secret), secret)
        case .serviceAccount(let id, let secret)?: learn(.basic(user: id, password: secret), secret)
        case nil: break
        }
        for secret in others { learn(secret, for: .run) }
    }

    private static func isLongEnough(_ secret: Secret) -> Bool { secret.reveal().utf8.count >= shortest }

    private func learn(_ authorization: HTTPRequest.Authorization, _ secret: Secret) {
        guard Self.isLongEnough(secret) else { return }
        redaction.learn(authorization)
        secrets.append(secret)
    }

    private func learn(_ secret: Secret, for term: SecretNeedles.Term) {
        guard Self.isLongEnough(secret) else { return }
        redaction.learn(secret, for: term)
        secrets.append(secret)
    }

    /// Those of the target that are the same for every project.
    package func learn(_ target: Target) {
        for field in target.fields {
            switch field.value {
            case .secret(.environment(let name)): learn(.environment(name), for: .run)
            case .secret(.file(let path)):
                if let path = path.literal { learn(.file(path: path), for: .run) }
            case .auto, .template, .bool: break
            }
        }
    }

    /// Those of one project.
    package func learn(_ target: ResolvedTarget) {
        for reference in target.secrets.values { learn(reference, for: .body) }
    }

    /// One that can't be read is not there to be held: a plan may be made where the secrets are not, and a run that
    /// needs them says so.
    private func learn(_ reference: ResolvedSecretReference, for term: SecretNeedles.Term) {
        guard references.insert(reference).inserted, let secret = try? source.read(reference.text) else {
            return
        }
        learn(secret, for: term)
    }

    /// What of a secret a text holds; nil: nothing.
    package func held(in text: String) -> HeldSecret? {
        guard text.utf8.count >= Self.shortest else { return nil }
        if redaction.quotes(text) { return .known }
        return HeldSecret.isKey(text) ? .key : nil
    }
}
