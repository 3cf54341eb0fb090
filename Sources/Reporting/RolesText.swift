import FleetCSV
package import AtlasAPI
package import MigrationCore

/// The sheet again, with each project's role in the column `role_id`.
package struct RolesCSV: Sendable {
    package static let column = "role_id"

    private let columns: [String]
    private let place: Int?
    private let writer = CSVWriter(guardsFormulas: true)

    /// `columns` are the sheet's; a column of that name is filled anew, else one is added at the end.
    package init(columns: [String]) {
        self.columns = columns
        place = columns.firstIndex(of: Self.column)
    }

    package var header: String { writer.line(place == nil ? columns + [Self.column] : columns) }

    /// Where no role would do the cell stays as it is: `plan` calls an empty one `role_missing`.
    package func row(_ cells: [String], _ finding: RoleFinding?) -> String {
        let role = finding?.status == .ready ? finding?.role?.text ?? "" : place.map { cells[$0] } ?? ""
        guard let place else { return writer.line(cells + [role]) }
        var cells = cells
        cells[place] = role
        return writer.line(cells)
    }
}

/// What `roles` says of a project that has none to use, and what to do.
package enum RolesText {
    package static func line(_ project: ProjectID, _ name: String?, _ finding: RoleFinding, isGoogle: Bool)
        -> String
    {
        let who = name.map { "\($0) (\(project))" } ?? project.text
        let detail = finding.detail.map { ": \($0)" } ?? ""
        return TerminalText.safe("\(who)  \(finding.status.rawValue)\(detail)") + "\n"
            + "  To do: \(advice(finding.status, isGoogle: isGoogle))\n"
    }

    private static func advice(_ status: RoleFinding.Status, isGoogle: Bool) -> String {
        switch status {
        case .ready: "Nothing."
        case .notReady where isGoogle:
            "Wait and give the command again; a role that failed is deleted in Atlas by a person first."
        case .notReady: "Authorise it in Atlas, then give the command again."
        case .missing where isGoogle: "Make it with --create --job FILE."
        case .missing: "Set up cloud provider access in the project, then give the command again."
        case .ambiguous: "Choose one of them and write it into the sheet's column role_id."
        case .notInProject: "Correct the sheet's column role_id, or empty it."
        case .otherProvider: "Take the project out of the sheet, or use its own provider."
        case .nameMismatch:
            "The sheet's rows may be mis-sorted: compare names and ids; nothing was made there."
        case .failed:
            "If Atlas refused it: check that the credentials are a Project Owner's, and that the project has a cluster "
                + "of M10 or larger on Google Cloud, as Atlas's documentation asks. Then give the command again."
        case .unreadable: "Check the credentials' role in the project, then give the command again."
        }
    }

    /// How many are what, in the order of `RoleFinding.Status`.
    package static func table(_ counts: [RoleFinding.Status: Int], provider: Provider) -> String {
        let rows = RoleFinding.Status.allCases.compactMap { status in
            counts[status].map { (status.rawValue, $0) }
        }
        let count = counts.values.reduce(0, +)
        return "\(provider.title) roles of \(TextReport.count(count, "project"))\n" + Columns.aligned(rows)
    }
}

/// A shell script of IAM grants to review and run: additive, so that no other member of a key loses its own.
///
/// Atlas's account needs both roles on the key (facts of Atlas's Google KMS page).
package struct GrantScript {
    private static let roles = ["roles/cloudkms.cryptoKeyEncrypterDecrypter", "roles/cloudkms.viewer"]
    private var key: String?
    private var granted: Set<String> = []

    package init() {}

    package static let header = """
        #!/usr/bin/env bash
        # Grants each project's Atlas service account the use of its key. Review it, then run it with gcloud set up as
        # somebody who may change the keys' IAM policies. Adds only; takes nothing away. Safe to run again: what was
        # granted is kept beside it, in a file that ends in .done, and passed over; delete that to grant all anew.
        set -uo pipefail
        [ -f "$0" ] || { printf 'Run it as a file: bash grants.sh\\n' >&2; exit 64; }
        finished=$0.done
        total=$(grep -c '^grant ' "$0")
        number=0 granted=0 passed=0 failed=0
        grant() {
            number=$((number + 1))
            if grep -qxF -e "$*" "$finished" 2>/dev/null; then
                passed=$((passed + 1))
                return
            fi
            printf '[%s/%s] %s\\n' "$number" "$total" "$*" >&2
            if "$@"; then
                granted=$((granted + 1))
                printf '%s\\n' "$*" >>"$finished"
            else
                failed=$((failed + 1))
                printf '[%s/%s] FAILED; going on\\n' "$number" "$total" >&2
            fi
        }

        """

    /// The end of a script that has grants.
    package static let footer = """

        printf '%s granted, %s granted before, %s failed\\n' "$granted" "$passed" "$failed" >&2
        [ "$failed" -eq 0 ] || { printf 'Fix the cause, then run this again; it tries what failed.\\n' >&2; exit 1; }

        """

    /// The lines for one project; projects of one key come one after another.
    package mutating func lines(_ project: ProjectID, _ name: String?, key: String, account: String) -> String
    {
        var text = ""
        let short = Self.withoutVersion(key)
        if short != self.key {
            text += "\n# \(TerminalText.safe(short))\n"
            self.key = short
            granted = []
        }
        text += "# \(project)\(name.map { " " + TerminalText.safe($0) } ?? "")\n"
        guard let parts = Self.parts(short) else {
            return text + "# The key's name can't be understood; grant it by hand.\n"
        }
        guard granted.insert(account).inserted else { return text }
        for role in Self.roles {
            text +=
                "grant gcloud kms keys add-iam-policy-binding \(ShellWord.quoted(parts.key))"
                + " --keyring=\(ShellWord.quoted(parts.ring)) --location=\(ShellWord.quoted(parts.location))"
                + " --project=\(ShellWord.quoted(parts.project))"
                + " --member=\(ShellWord.quoted("serviceAccount:\(account)")) --role=\(role)\n"
        }
        return text
    }

    /// What to say of projects whose role is ready and that have no key to grant the use of.
    package static func without(_ project: ProjectID, _ name: String?) -> String {
        "# No grant: \(project)\(name.map { " " + TerminalText.safe($0) } ?? "") has no key with Google Cloud.\n"
    }

    private static func withoutVersion(_ key: String) -> String {
        key.split(separator: "/", omittingEmptySubsequences: false).prefix(8).joined(separator: "/")
    }

    /// `projects/P/locations/L/keyRings/R/cryptoKeys/K`; nil for any other shape.
    private static func parts(_ key: String) -> (
        project: String, location: String, ring: String, key: String
    )? {
        let words = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 8, !words.contains(""), words[0] == "projects", words[2] == "locations",
            words[4] == "keyRings", words[6] == "cryptoKeys"
        else { return nil }
        return (words[1], words[3], words[5], words[7])
    }
}
