import Foundation
import Synchronization

/// Tells a file from another one at the same path.
package struct FileIdentity: Hashable, Sendable {
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

/// A lock on `<store>.lock`, held until it is released or nobody refers to it; the system releases
/// it even after a kill.
final class WriterLock: Sendable {
    /// Nil: released.
    private let descriptor: Mutex<Int32?>

    init(of path: String) throws(StorageError) {
        let name = path + ".lock"
        let opened = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else {
            throw StorageError(
                .denied, "create", name, underlying: String(cString: strerror(errno)),
                hint: "check that the folder exists and that its owner may write there")
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            _ = close(opened)
            throw StorageError(
                .busy, "write to", path,
                hint: "another variometer writes to this store; end it, or name another store")
        }
        descriptor = Mutex(opened)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let opened = descriptor { _ = close(opened) }
            descriptor = nil
        }
    }
}
