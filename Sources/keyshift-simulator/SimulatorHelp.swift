import AtlasSimulation

/// The longer texts that the simulator prints.
enum SimulatorHelp {
    static let discussion = """
        Listens on 127.0.0.1 only and prints its address. It takes service account tokens and API keys; the \
        credentials are fixed and no secret:

          MONGODB_ATLAS_CLIENT_ID=\(SimulatedCredentials().clientID)
          MONGODB_ATLAS_CLIENT_SECRET=\(SimulatedCredentials().clientSecret)
          MONGODB_ATLAS_PUBLIC_API_KEY=\(SimulatedCredentials().publicKey)
          MONGODB_ATLAS_PRIVATE_API_KEY=\(SimulatedCredentials().privateKey)

        The same variables in its own environment change what it accepts.

        Examples:
          keyshift-simulator --projects 200 --scenario google-mixed --write-fleet fleet.csv
          keyshift-simulator --fleet my-sheet.csv --storm stormy --seed 7 --state rehearsal.json
          keyshift-simulator --during 10s..40s=503 --limits encryption=5/60s:3
          keyshift-simulator --fault reset-after=0.2 --fault-until 3 --latency 5ms..30ms
          keyshift-simulator --state rehearsal.json --check-report fleet.results.csv

        Kinds of faults: \(FaultKind.allCases.map(\.rawValue).joined(separator: ", ")).
        A script (--scripted) names them by project (its id, its number in the fleet from 1, *, groups, orgs or \
        oauth), method and ordinal: {"1": {"PATCH": ["409", "500-after+stale", null, "reset-before"]}}.
        Endpoint sets (--limits): \(EndpointSet.allCases.map(\.rawValue).joined(separator: ", ")).

        While it runs: /_simulator/health, /_simulator/truth, /_simulator/log, /_simulator/violations.
        With --state the fleet comes from the file once it exists; faults and behaviour come from the flags.
        """

    static func environment(
        _ address: String, _ credentials: SimulatedCredentials, organisation: String
    ) -> String {
        let address = "export MONGODB_ATLAS_BASE_URL=\(address) MONGODB_ATLAS_ORG_ID=\(organisation)"
        // Values from the environment are the user's own and may be worth keeping.
        guard credentials == SimulatedCredentials() else { return address }
        return """
            \(address)
            export MONGODB_ATLAS_CLIENT_ID=\(credentials.clientID) \
            MONGODB_ATLAS_CLIENT_SECRET=\(credentials.clientSecret)
            (or MONGODB_ATLAS_PUBLIC_API_KEY=\(credentials.publicKey) \
            MONGODB_ATLAS_PRIVATE_API_KEY=\(credentials.privateKey))
            """
    }
}
