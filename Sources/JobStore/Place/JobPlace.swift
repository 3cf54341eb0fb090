import Foundation

/// What is wrong with a file of a job, or with a folder on the way to it: somebody else could have changed what a run
/// would send.
package struct PlaceFlaw: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A link, a folder, a device.
        case noRegularFile
        /// The user's name, or the number where it has none.
        case otherOwner(String)
        case writableByOthers
        case folderOfAnother(String)
        case folderWritableByOthers
    }

    /// Of the file or the folder.
    package var path: String
    package var kind: Kind
}

/// Whose job it is. A run trusts what a job says, so nobody else may have been able to write it: not into its files,
/// and not by putting other files in their place.
///
/// POSIX owners and permission bits; access control lists are not looked at.
package enum JobPlace {
    /// The files beside a job that SQLite or a run makes.
    static let companions = ["-wal", "-shm", "-journal", ".lock"]

    /// The job itself where `path` is a symbolic link, so that a job has one lock and one set of results whatever it is
    /// called; else `path` as it was given, also where somebody else has a hand in a link: `check` refuses it then.
    package static func resolved(_ path: String) -> String {
        // Many builds of SQLite read such a name as a URI, and open another file than the one that was looked at.
        let path = path.hasPrefix("file:") ? "./" + path : path
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFLNK, (try? checkLinks(on: path)) != nil,
            let whole = realpath(path, nil)
        else { return path }
        defer { free(whole) }
        return String(cString: whole)
    }

    /// A folder or a device is no job, and opening a pipe would wait for a writer.
    /// - Throws: `missing` or `notAJob`.
    package static func checkIsFile(_ path: String) throws(JobStoreError) {
        var info = stat()
        guard stat(path, &info) == 0 else { throw .missing(path: path) }
        guard info.st_mode & S_IFMT == S_IFREG else { throw .notAJob(path: path) }
    }

    /// The folder that a path is in, for the system; Foundation's own stops the process for `.`.
    package static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Looks at the job, its log and its lock, and at every folder on the way.
    /// - Throws: `missing`, `notOurs` or `severalNames`.
    package static func check(_ path: String) throws(JobStoreError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { throw .missing(path: path) }
        try checkLinks(on: path)
        for name in [path] + companions.map({ path + $0 }) where lstat(name, &info) == 0 {
            if let kind = flaw(of: info) { throw .notOurs(PlaceFlaw(path: name, kind: kind)) }
            guard info.st_nlink == 1 else { throw .severalNames(path: name, count: Int(info.st_nlink)) }
        }
        try checkFolders(of: path)
    }

    /// - Throws: `notOurs` when others could put another file in the place of one at `path`.
    package static func checkFolders(of path: String) throws(JobStoreError) {
        try checkLinks(on: folder(of: path))
        guard let whole = realpath(folder(of: path), nil) else { return }
        defer { free(whole) }
        var folder = String(cString: whole)
        while true {
            var info = stat()
            guard lstat(folder, &info) == 0 else { return }
            if let kind = folderFlaw(of: info) { throw .notOurs(PlaceFlaw(path: folder, kind: kind)) }
            guard folder != "/" else { return }
            folder = Self.folder(of: folder)
        }
    }

    /// Whoever owns a link on the way, or the folder that it is in, can turn it to another place: each is looked at,
    /// also those that a link leads over.
    /// - Throws: `notOurs`.
    package static func checkLinks(on path: String) throws(JobStoreError) {
        var left = path.split(separator: "/").map(String.init)[...]
        var place = path.hasPrefix("/") ? "/" : "."
        var links = 0
        while let name = left.popFirst() {
            let next = place == "/" ? "/" + name : place + "/" + name
            var info = stat()
            guard lstat(next, &info) == 0, info.st_mode & S_IFMT == S_IFLNK else {
                place = next
                continue
            }
            guard info.st_uid == geteuid() || info.st_uid == 0 else {
                throw .notOurs(PlaceFlaw(path: next, kind: .folderOfAnother(userName(info.st_uid))))
            }
            guard lstat(place + "/.", &info) == 0 else { return }
            if let kind = folderFlaw(of: info) { throw .notOurs(PlaceFlaw(path: place, kind: kind)) }
            links += 1
            // What the system itself would not follow leads nowhere.
            guard links <= 40, let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next)
            else { return }
            if target.hasPrefix("/") { place = "/" }
            left = target.split(separator: "/").map(String.init) + left
        }
    }

    static func flaw(of info: stat) -> PlaceFlaw.Kind? {
        guard info.st_mode & S_IFMT == S_IFREG else { return .noRegularFile }
        guard info.st_uid == geteuid() else { return .otherOwner(userName(info.st_uid)) }
        return info.st_mode & 0o022 == 0 ? nil : .writableByOthers
    }

    /// The owner of a folder, and whoever may write to it, can rename what is in it; in a sticky one (`/tmp`) only the
    /// owner of the folder can. The system's own folders are trusted.
    private static func folderFlaw(of info: stat) -> PlaceFlaw.Kind? {
        guard info.st_uid == geteuid() || info.st_uid == 0 else {
            return .folderOfAnother(userName(info.st_uid))
        }
        guard info.st_mode & S_ISVTX == 0 else { return nil }
        let isOpen = info.st_mode & 0o002 != 0
        let isOpenToGroup = info.st_mode & 0o020 != 0 && !isPrivateGroup(info.st_gid)
        return isOpen || isOpenToGroup ? .folderWritableByOthers : nil
    }

    /// Whether a group is that of this user and of nobody else: many systems give each user one, and folders that its
    /// group may write to.
    private static func isPrivateGroup(_ group: gid_t) -> Bool {
        guard group != 0, let user = getpwuid(geteuid())?.pointee, user.pw_gid == group,
            let entry = getgrgid(group)?.pointee, let name = user.pw_name, let groupName = entry.gr_name,
            strcmp(name, groupName) == 0
        else { return false }
        let own = String(cString: name)
        var members = entry.gr_mem
        while let member = members?.pointee {
            guard String(cString: member) == own else { return false }
            members = members?.successor()
        }
        return isNobodyElses(group)
    }

    /// Those whose first group it is are not among its members.
    private static func isNobodyElses(_ group: gid_t) -> Bool {
        setpwent()
        defer { endpwent() }
        while let user = getpwent()?.pointee {
            if user.pw_gid == group, user.pw_uid != geteuid() { return false }
        }
        return true
    }

    static func userName(_ id: uid_t) -> String {
        guard let name = getpwuid(id)?.pointee.pw_name else { return String(id) }
        return String(cString: name)
    }
}
