#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Runs blocking work on a thread of its own, since blocking sockets must not sit on the test runner's pool.
func onNewThread(_ work: @escaping @Sendable () -> Void) {
    final class Box {
        let work: @Sendable () -> Void
        init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    let box = Unmanaged.passRetained(Box(work)).toOpaque()
    #if canImport(Darwin)
        var thread: pthread_t?
        pthread_create(
            &thread, nil,
            {
                Unmanaged<Box>.fromOpaque($0).takeRetainedValue().work(); return nil
            }, box)
        if let thread { pthread_detach(thread) }
    #else
        var thread = pthread_t()
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
            if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().work() }
            return nil
        }
        guard pthread_create(&thread, nil, body, box) == 0 else { return }
        pthread_detach(thread)
    #endif
}
