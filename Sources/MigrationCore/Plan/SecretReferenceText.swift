import TargetFiles

/// References as texts: what a plan, a body and a job hold in place of a secret.
extension ResolvedSecretReference {
    /// `${env:NAME}` or `${file:PATH}`
    package var text: String {
        switch self {
        case .environment(let name): "${env:\(name)}"
        case .file(let path): "${file:\(path)}"
        }
    }

    /// Reads what `text` wrote.
    package init?(text: String) {
        guard text.hasSuffix("}") else { return nil }
        if text.hasPrefix("${env:") {
            self = .environment(String(text.dropFirst(6).dropLast()))
        } else if text.hasPrefix("${file:") {
            self = .file(path: String(text.dropFirst(7).dropLast()))
        } else {
            return nil
        }
    }
}
