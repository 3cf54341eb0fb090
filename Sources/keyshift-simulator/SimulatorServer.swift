import AtlasSimulation
import Dispatch
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Listens on the loopback address until SIGTERM or SIGINT; one event loop does everything.
struct SimulatorServer {
    var port: Int
    var hang: TimeAmount

    /// Runs until a signal comes. `makeWorld` and `ready` are called on the event loop; `ready` gets the port.
    func run(
        makeWorld: @escaping @Sendable () throws -> SimulatedWorld,
        ready: @escaping @Sendable (Int) throws -> Void
    ) throws {
        // Whoever reads our output may leave before we do.
        signal(SIGPIPE, SIG_IGN)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let world = try loop.submit { try NIOLoopBound(makeWorld(), eventLoop: loop) }.wait()
        let channel = try bootstrap(group, world).bind(host: "127.0.0.1", port: port).wait()
        let sources = [SIGTERM, SIGINT].map { number in
            // The default action would end the process before the source hears of the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                loop.execute { Self.stop(world.value, channel) }
            }
            source.resume()
            return source
        }
        try ready(channel.localAddress?.port ?? port)
        try channel.closeFuture.wait()
        for source in sources { source.cancel() }
        try group.syncShutdownGracefully()
    }

    private func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ world: NIOLoopBound<SimulatedWorld>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [hang] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(ConnectionHandler(world: world.value, hang: hang))
                }
            }
    }

    private static func stop(_ world: SimulatedWorld, _ channel: any Channel) {
        if world.isStopped { return }
        do {
            try world.stop()
        } catch {
            Console.message("keyshift-simulator: \(error)")
        }
        channel.close(promise: nil)
    }
}
