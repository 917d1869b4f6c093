import GRDB
import Model
import Synchronization

/// What a life of the daemon begins with.
struct Beginning: Sendable {
    let boot: String
    let agent: String
    let configuration: EffectiveConfiguration
    let instant: Instant
}

extension Store {
    /// Opens the file anew after a failure: the one at the path now, or a new one where there is none.
    /// True: it is another file than before, and the present life was begun in it.
    package func reopen() throws(StorageError) -> Bool {
        let (lock, former, begun) = connection.withLock { ($0.lock, $0.identity, $0.begun) }
        // One whose file was deleted keeps nobody out.
        let held = if let lock, lock.holds { lock } else { try WriterLock(of: path) }
        var next = try Store.connect(writing: path, lock: held)
        next.begun = begun
        let isOther = next.identity != former
        dictionary.withLock { $0 = Dictionary() }
        lookup.forget()
        let old = connection.withLock { connection in
            defer { connection = next }
            return connection
        }
        try? old.writer?.close()
        if held !== lock { lock?.release() }
        if isOther, let begun, try !knows(boot: begun.boot) {
            try begin(
                boot: begun.boot, agent: begun.agent, configuration: begun.configuration,
                at: begun.instant)
        }
        return isOther
    }

    private func knows(boot: String) throws(StorageError) -> Bool {
        try read("read the lives of") { db in
            try Int.fetchOne(db, sql: "SELECT 1 FROM boot WHERE name = ?", arguments: [boot]) != nil
        }
    }
}
