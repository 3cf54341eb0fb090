/// What the simulated organisation accepts; well-known values, since nothing here is worth protecting.
package struct SimulatedCredentials: Codable, Equatable, Sendable {
    package var clientID = "mdb_sa_id_5e1f0000000000000000c0de"
    package var clientSecret = "mdb_sa_sk_simulator"
    package var publicKey = "simulator"
    package var privateKey = "simulator-private-key"

    package init() {}
}
