import FleetCSV
import AtlasAPI

// The `target` section: what should change.
extension TargetParser {
    mutating func target(_ entry: SourceNode.Entry) -> Target {
        var target = Target(fields: [])
        guard let entries = map(entry.node, key: entry.key) else { return target }
        var isEmpty = true
        for entry in entries {
            if entry.key == FieldName.searchNodes {
                target.searchNodes = boolean(entry)
                isEmpty = false
            } else if let provider = Provider(rawValue: entry.key) {
                if let first = target.provider {
                    report(.severalProviders(entry.key, first: first.rawValue), entry.position)
                } else {
                    target.provider = provider
                }
                // Looked through even when it is one too many: its mistakes are told in the same run.
                let fields = self.fields(entry, of: provider)
                if target.provider == provider { target.fields = fields }
                isEmpty = false
            } else {
                unknown(entry, of: "target")
                isEmpty = false
            }
        }
        if isEmpty { report(.changesNothing, entry.position) }
        return target
    }

    private mutating func fields(_ entry: SourceNode.Entry, of provider: Provider) -> [TargetField] {
        guard let entries = map(entry.node, key: entry.key) else { return [] }
        var fields: [TargetField] = []
        for entry in entries {
            guard let field = provider.field(named: entry.key) else {
                unknown(entry, of: provider.rawValue)
                continue
            }
            guard let value = value(entry, field) else { continue }
            fields.append(TargetField(field: field, value: value, position: entry.node.position))
        }
        if !entries.contains(where: { $0.key != FieldName.enabled }) {
            report(.providerChangesNothing(provider.rawValue), entry.position)
        }
        checkRole(entries, of: provider)
        let order = provider.fields.map(\.name)
        return order.compactMap { name in fields.first { $0.field.name == name } }
    }

    /// nil when it is wrong, or says what holds anyway.
    private mutating func value(_ entry: SourceNode.Entry, _ field: Field) -> TargetValue? {
        if field.isSecret { return secret(entry) }
        if field.isReadOnly {
            report(.readOnly(field.name), entry.position)
            return nil
        }
        if field.name == FieldName.enabled {
            guard let value = boolean(entry) else { return nil }
            // Only enabled providers are changed, so `true` asks for nothing.
            if value == .bool(false) { report(.turnsOff, entry.node.position) }
            if case .template = value { report(.notBoolean(field.name), entry.node.position) }
            return nil
        }
        if field.kind == .boolean { return boolean(entry) }
        if field.name == FieldName.roleID, case .text("auto") = entry.node.value { return .auto }
        guard let template = template(entry) else { return nil }
        guard let literal = template.literal else { return .template(template) }
        return isGood(literal, entry, field) ? .template(template) : nil
    }

    private mutating func isGood(_ literal: String, _ entry: SourceNode.Entry, _ field: Field) -> Bool {
        if literal.hasControlCharacters {
            let expected = "a text without control characters"
            report(.badValue(key: field.name, expected: expected, nearest: nil), entry.node.position)
            return false
        }
        let blank =
            literal.trimmedOfBlanks.isEmpty && !literal.isEmpty ? "a text that is more than white space" : nil
        guard let complaint = blank ?? field.kind.complaint(about: literal) else { return true }
        let expected = field.name == FieldName.roleID ? "auto, a ${column} or \(complaint)" : complaint
        var nearest: String?
        if case .choice(let words) = field.kind { nearest = NearestName.of(literal, among: words) }
        report(.badValue(key: field.name, expected: expected, nearest: nearest), entry.node.position)
        return false
    }

    /// A role takes the place of the static credentials, and Atlas checks the key with it: nothing of the old
    /// credentials and no other key may come along.
    private mutating func checkRole(_ entries: [SourceNode.Entry], of provider: Provider) {
        guard entries.contains(where: { $0.key == FieldName.roleID }) else { return }
        for entry in entries {
            guard let field = provider.field(named: entry.key) else { continue }
            if field.isSecret { report(.withRole(field.name, why: .secret), entry.position) }
            if field.isKeyVersion { report(.withRole(field.name, why: .keyVersion), entry.position) }
            if field.isStaticIdentity { report(.withRole(field.name, why: .staticIdentity), entry.position) }
        }
    }
}

// Values.
extension TargetParser {
    private mutating func boolean(_ entry: SourceNode.Entry) -> TargetValue? {
        guard let text = text(entry) else { return nil }
        if entry.node.isPlain, text == "true" || text == "false" { return .bool(text == "true") }
        if text.contains("${") {
            guard let template = template(entry) else { return nil }
            if template.literal == nil { return .template(template) }
        }
        if isClean(text, entry) { report(.notBoolean(entry.key), entry.node.position) }
        return nil
    }

    private mutating func template(_ entry: SourceNode.Entry) -> Template? {
        guard let text = words(entry), isClean(text, entry), let parts = references(text, entry) else {
            return nil
        }
        var result: [Template.Part] = []
        for part in parts {
            switch part {
            case .literal(let text): result.append(.literal(text))
            case .column(let name): result.append(.column(name))
            case .environment, .file:
                report(.referenceOutsideSecret(entry.key), entry.node.position)
                return nil
            }
        }
        return Template(parts: result, position: entry.node.position)
    }

    /// Nothing of what stands there may come into a message.
    private mutating func secret(_ entry: SourceNode.Entry) -> TargetValue? {
        switch entry.node.value {
        case .refused: return nil
        case .text where entry.node.isAbsent: report(.noValue(entry.key), entry.node.position)
        case .text(let text):
            let parts = (try? ReferenceText.parse(text)) ?? []
            if parts.count == 1, case .environment(let name) = parts[0], Self.isEnvironmentName(name) {
                return .secret(.environment(name))
            }
            if parts.count == 1, case .file(let path) = parts[0], !text.hasControlCharacters {
                return .secret(.file(Template(parts: path, position: entry.node.position)))
            }
            report(.secretInClear(entry.key), entry.node.position)
        case .map, .list: report(.secretInClear(entry.key), entry.node.position)
        }
        return nil
    }

    private mutating func references(_ text: String, _ entry: SourceNode.Entry) -> [ReferenceText.Part]? {
        do throws(ReferenceText.Flaw) {
            return try ReferenceText.parse(text)
        } catch {
            report(.reference(error), entry.node.position)
            return nil
        }
    }

    private static func isEnvironmentName(_ name: String) -> Bool {
        let isWord = name.utf8.allSatisfy { byte in
            switch UnicodeScalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            default: false
            }
        }
        return isWord && !(0x30...0x39).contains(name.utf8.first ?? 0x30)
    }
}
