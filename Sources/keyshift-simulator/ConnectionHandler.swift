import AtlasAPI
import AtlasSimulation
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One connection: reads requests, asks the model, and delivers, delays, cuts, resets or withholds the answer.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let world: SimulatedWorld
    private let hang: TimeAmount
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// The request in hand, until its exchange is over.
    private var open: LogEntry?
    private var timer: Scheduled<Void>?

    init(world: SimulatedWorld, hang: TimeAmount) {
        self.world = world
        self.hang = hang
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes): body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            self.head = nil
            respond(context, head)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        close(entry: open)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func respond(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        let request = SimulatedRequest(
            method: head.method.rawValue, target: head.uri,
            headers: AtlasAPI.HTTPHeaders(head.headers.map { (name: $0.name, value: $0.value) }), body: body)
        if head.uri.hasPrefix("/_simulator/") { return show(context, head, request) }
        if world.isStopped { return reset(context) }
        let response = world.handle(request)
        open = response.entry
        guard response.delay > 0 else { return deliver(context, head, response) }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(response.delay)) {
            self.deliver(context, head, response)
        }
    }

    private func deliver(
        _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ response: SimulatedResponse
    ) {
        switch response.delivery {
        case .deliver:
            close(entry: response.entry)
            send(context, head, response.answer)
        case .truncated(let count):
            close(entry: response.entry)
            send(context, head, response.answer, cutAt: count)
        case .resetBeforeAnswer:
            close(entry: response.entry)
            reset(context)
        case .hang:
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: hang) {
                context.close(promise: nil)
            }
        }
    }

    /// The exchange is over before the client can see it: its next request must not look like an overlap.
    private func close(entry: LogEntry?) {
        if let entry { world.finish(entry) }
        open = nil
    }

    private func send(
        _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: HTTPAnswer, cutAt: Int? = nil
    ) {
        var headers = NIOHTTP1.HTTPHeaders(answer.headers.fields.map { ($0.name, $0.value) })
        headers.replaceOrAdd(name: "Content-Length", value: String(answer.body.count))
        let endsHere = !head.isKeepAlive || cutAt != nil
        if !head.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: answer.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: status, headers: headers))),
            promise: nil)
        let bytes = answer.body.prefix(cutAt ?? answer.body.count)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        if cutAt != nil {
            // Without the end part: the encoder must not round off what is to look broken.
            context.flush()
            context.close(promise: nil)
            return
        }
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        if endsHere { sent.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    }

    /// A close with a linger time of zero makes the kernel send RST instead of FIN.
    private func reset(_ context: ChannelHandlerContext) {
        if let options = context.channel as? any SocketOptionProvider {
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        context.close(promise: nil)
    }

    private func show(
        _ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ request: SimulatedRequest
    ) {
        let page = world.page(request)
        let answer = HTTPAnswer(
            status: page == nil ? 404 : 200,
            headers: AtlasAPI.HTTPHeaders([("Content-Type", page?.type ?? "text/plain")]),
            body: page?.body ?? Array("no such page\n".utf8))
        send(context, head, answer)
    }
}
