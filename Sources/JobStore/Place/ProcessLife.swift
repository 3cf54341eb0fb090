import Foundation

/// Whether the process that a job names as its runner is still that process.
enum ProcessLife {
    /// `startedAt`: when its run began, in milliseconds since 1970. A process of that number that began later is
    /// another one, which got the number of a dead one.
    static func isAlive(_ pid: Int, runSince startedAt: Int64) -> Bool {
        guard let pid = pid_t(exactly: pid), pid > 0 else { return false }
        guard kill(pid, 0) == 0 || errno == EPERM else { return false }
        guard let began = beganAt(pid) else { return true }
        // Ended, whatever the job says of the time.
        guard began != .max else { return false }
        // Both clocks are read in whole seconds.
        return startedAt > .max - 2000 || began <= startedAt + 2000
    }

    #if os(Linux)
        /// Milliseconds since 1970; never, for a process that has ended and that its parent has not asked about yet.
        /// nil when the system does not say.
        private static func beganAt(_ pid: pid_t) -> Int64? {
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")"),
                let boot = try? String(contentsOfFile: "/proc/stat", encoding: .utf8)
                    .split(separator: "\n").first(where: { $0.hasPrefix("btime ") })
                    .flatMap({ Int64($0.dropFirst(6)) })
            else { return nil }
            // proc(5): the name in brackets is field 2, the state 3, the start time 22.
            let fields = text[text.index(after: end)...].split(separator: " ")
            guard fields.count > 19, let ticks = Int64(fields[19]) else { return nil }
            if fields[0] == "Z" || fields[0] == "X" { return .max }
            return boot * 1000 + ticks * 1000 / Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        }
    #else
        private static func beganAt(_ pid: pid_t) -> Int64? {
            var name: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
            var info = kinfo_proc()
            var size = MemoryLayout<kinfo_proc>.size
            guard sysctl(&name, 4, &info, &size, nil, 0) == 0, size > 0 else { return nil }
            return Int64(info.kp_proc.p_un.__p_starttime.tv_sec) * 1000
        }
    #endif
}
