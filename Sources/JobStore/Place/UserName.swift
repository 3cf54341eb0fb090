package import Foundation

/// Who runs keyshift, for the history and the lock.
package enum UserName {
    /// The effective user's name; `uid 1234` for one that the machine has no name for, as in many containers.
    package static var current: String { name(of: geteuid()) }

    package static func name(of user: uid_t) -> String {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 1 << 14)
        guard getpwuid_r(user, &entry, &buffer, buffer.count, &found) == 0, found != nil,
            let name = entry.pw_name.map({ String(cString: $0) }), !name.isEmpty
        else { return "uid \(user)" }
        return name
    }
}
