import AtlasAPI
import MigrationCore

@testable import Reporting

/// Rows as a job gives them.
enum Sample {
    static let nextStep = NextStep(job: "fleet.job")
    static let columns = ["project_id", "project_name", "team", "result"]

    static func id(_ number: Int) -> ProjectID {
        let digits = String(number, radix: 16)
        guard let id = ProjectID(String(repeating: "0", count: 24 - digits.count) + digits) else {
            fatalError("24 hex digits")
        }
        return id
    }

    static func status(
        _ number: Int, _ outcome: Outcome, planClass: PlanClass = .reversible, name: String? = "Payments",
        cells: [String]? = nil
    ) -> ProjectStatus {
        ProjectStatus(
            ordinal: number, project: id(number), name: name,
            cells: cells ?? [id(number).text, name ?? "", "blue", "x"], planClass: planClass, outcome: outcome
        )
    }

    static func refusal(_ code: String?, status: Int? = 400, detail: String? = "said no") -> Outcome {
        Outcome(.failed, .refused, failure: Failure(status: status, code: code, detail: detail), attempts: 1)
    }

    static let job = JobFacts(
        path: "work/fleet.job", target: "google-role",
        organisation: OrganisationID("0123456789abcdef01234567"),
        address: "https://cloud.mongodb.com", planDigest: "sha256:00ff", createdAt: 1_790_000_000_000,
        startedAt: 1_790_000_060_125)

    /// Every result with every reason, several times over.
    static func fleet(seed: UInt64, count: Int) -> [ProjectStatus] {
        var random = Dice(state: seed)
        return (1...count).map { number in
            let result = ProjectResult.allCases.randomElement(using: &random) ?? .pending
            let reason = Bool.random(using: &random) ? Reason.allCases.randomElement(using: &random) : nil
            let code = ["CANNOT_ASSUME_ROLE", "ODD_\(number % 7)", nil].randomElement(using: &random) ?? nil
            let failure = Failure(status: code == nil ? nil : 400, code: code, detail: "\"\u{1b}[31m\" \\ \n")
            return status(
                number, Outcome(result, reason, failure: failure, attempts: number % 3),
                planClass: PlanClass.allCases.randomElement(using: &random) ?? .noop)
        }
    }

    static func totals(_ rows: [ProjectStatus]) -> Totals {
        Totals(
            groups: rows.map {
                Totals.Group(
                    planClass: $0.planClass, result: $0.outcome.result, reason: $0.outcome.reason, count: 1)
            })
    }
}

struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
