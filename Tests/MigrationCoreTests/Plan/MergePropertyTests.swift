import AtlasAPI
import MigrationCore
import Testing

/// Goal: the body and the shown changes are the same thing. Method: seeded random states and targets; the body, laid
/// over the state as Atlas does it, must give exactly the live facts plus the shown changes.
@Suite struct MergePropertyTests {
    static func value(_ field: Field, _ dice: inout Dice) -> FieldValue {
        switch field.kind {
        case .boolean: .bool(Bool.random(using: &dice))
        case .objectID: .text(Bool.random(using: &dice) ? Sample.role.text : Sample.otherRole.text)
        default: .text("v\(Int.random(in: 0...2, using: &dice))")
        }
    }

    static func state(_ dice: inout Dice) -> EncryptionState {
        let provider = Provider.allCases.randomElement(using: &dice) ?? .awsKms
        var values: [String: FieldValue] = [:]
        for field in provider.fields where !field.isSecret && !field.isReadOnly && field.name != "enabled" {
            if Bool.random(using: &dice) { values[field.name] = value(field, &dice) }
        }
        let search = [nil, true, false].randomElement(using: &dice) ?? nil
        return Sample.state(provider, values, search: search)
    }

    /// As the parser lets it through: a role comes without secret, key version and static ids.
    static func wanted(_ provider: Provider, _ dice: inout Dice) -> WantedState {
        var wanted = WantedState(values: [:], secretReferences: [:], searchNodes: nil)
        if Bool.random(using: &dice) { wanted.searchNodes = Bool.random(using: &dice) }
        let setsRole = Bool.random(using: &dice)
        for field in provider.fields where !field.isReadOnly && field.name != "enabled" {
            guard field.name != "roleId" else {
                if setsRole { wanted.values["roleId"] = value(field, &dice) }
                continue
            }
            let isStatic = field.isSecret || field.isKeyVersion || field.isStaticIdentity
            guard !(setsRole && isStatic), Bool.random(using: &dice) else { continue }
            if field.isSecret {
                wanted.secretReferences[field.name] = "${env:X}"
            } else {
                wanted.values[field.name] = value(field, &dice)
            }
        }
        return wanted
    }

    /// The state after Atlas took the body: given fields replace, the others stay.
    static func applied(_ body: JSONValue, to state: EncryptionState) -> EncryptionState? {
        guard case .object(var members) = Sample.wire(state), let patch = body.object else { return nil }
        for (name, value) in patch {
            guard let object = value.object else {
                members[name] = value
                continue
            }
            var merged = members[name]?.object ?? [:]
            for (field, value) in object { merged[field] = value }
            members[name] = .object(merged)
        }
        return EncryptionState(.object(members))
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func bodyIsLivePlusChanges(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        for round in 0..<1000 {
            let state = Self.state(&dice)
            let live = try #require(state.single)
            let wanted = Self.wanted(live.provider, &dice)
            let body = Merge.body(live: live, searchNodes: state.searchNodes, wanted: wanted)
            let changes = Merge.changes(live: live, searchNodes: state.searchNodes, wanted: wanted)
            let after = try #require(Self.applied(body, to: state))
            let place: Comment = "seed \(seed) round \(round)"

            var expected = StateFacts(state).values
            for change in changes {
                switch change.after {
                case .absent: expected[change.path] = nil
                case .value(let value): expected[change.path] = value.isFalse ? nil : value
                case .secret: break
                }
            }
            #expect(StateFacts(after).values == expected, place)
            let plan = PlannedChange(
                provider: live.provider, before: state, changes: changes, role: nil)
            // The body that is sent says no more than what is shown: a `false` where nothing was goes unsaid.
            let value = try #require(JSONValue(parsing: Array(plan.body.utf8)))
            let sent = try #require(Self.applied(value, to: state))
            #expect(StateFacts(sent).values == expected, place)
            #expect(plan.isWanted(after) && plan.collateral(in: after).isEmpty, place)
            let readable = changes.filter { !$0.isSecret }
            #expect(plan.isWanted(state) == readable.isEmpty, place)

            let object = try #require(body[live.provider.rawValue]?.object)
            #expect(object["enabled"] == .bool(true) && object["valid"] == nil, place)
            #expect(!object.values.contains(.null), place)
            let secrets = live.provider.fields.filter { $0.isSecret && object[$0.name] != nil }.map(\.name)
            #expect(Set(secrets) == Set(wanted.secretReferences.keys), place)
            if object["roleId"] != nil {
                #expect(
                    live.provider.fields.allSatisfy { !$0.isStaticIdentity || object[$0.name] == nil }, place)
            }
            let others = Provider.allCases.filter { $0 != live.provider }
            #expect(others.allSatisfy { body[$0.rawValue] == nil }, place)
            let carries = (wanted.searchNodes ?? state.searchNodes).map { JSONValue.bool($0) }
            #expect(body["enabledForSearchNodes"] == carries, place)
        }
    }
}
