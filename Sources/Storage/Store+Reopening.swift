import Foundation
import Synchronization

/// What a writer needs that outlives its file's troubles.
extension Store {
    /// The file that is open now.
    var file: OpenFile { present.withLock { $0 } }

    /// Which file that is.
    package var identity: FileIdentity? { file.identity }

    /// Throws `missing` where the open file or its log no longer stand under their names.
    package func checkPlace() throws(StorageError) {
        guard !file.isInPlace else { return }
        throw StorageError(
            .missing, "write to", path, underlying: "it was moved or deleted while it was open",
            hint: "put its folder back; where the folder is there, a new file is begun")
    }

    /// Closes the file and opens what stands at the store's path, creating it where there is
    /// nothing. Where the folder is gone, the file stays open: it may come back.
    package func reopen() throws(StorageError) {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw StorageError(
                .missing, "open", path, underlying: "its folder is gone", hint: "put it back")
        }
        try? file.close()
        let opened = try OpenFile(writing: path, lock: try WriterLock(of: path))
        lookup.forget()
        present.withLock { $0 = opened }
    }

    /// Leaves an empty file `<store>.corrupt`: whoever opens the store next checks it in full.
    package func markCorrupt() {
        let descriptor = open(path + ".corrupt", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
    }
}
