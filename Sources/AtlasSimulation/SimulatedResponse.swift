package import AtlasAPI

/// What the server decided, and how much of it the client gets to see.
package struct SimulatedResponse: Sendable {
    package enum Delivery: Sendable, Equatable {
        case deliver
        /// The connection is reset and nothing of the answer arrives. Whether the state changed is decided.
        case resetBeforeAnswer
        /// Nothing arrives and the connection stays open.
        case hang
        /// The head with the full `Content-Length` arrives and so many bytes of the body, then the end.
        case truncated(Int)
    }

    package var answer: HTTPAnswer
    package var delivery: Delivery
    /// Milliseconds between the request and the answer, or the reset.
    package var delay: Int64
    package var entry: LogEntry
    /// The project to write down anew, when its state changed.
    package var changedProject: String?
}
