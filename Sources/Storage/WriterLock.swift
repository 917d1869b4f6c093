import Foundation

/// Tells a file from another one at the same path.
struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// Nil: there is none.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }
}

/// A lock on `<store>.lock`, held as long as the process lives: the system releases it even after
/// a kill.
final class WriterLock: Sendable {
    private let descriptor: Int32

    init(of path: String) throws(StorageError) {
        let name = path + ".lock"
        descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(
                .denied, "create", name, underlying: String(cString: strerror(errno)),
                hint: "check that the folder exists and that its owner may write there")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = Glibc.close(descriptor)
            throw StorageError(
                .busy, "write to", path,
                hint: "another variometer writes to this store; end it, or name another store")
        }
    }

    func release() { _ = Glibc.close(descriptor) }
}
