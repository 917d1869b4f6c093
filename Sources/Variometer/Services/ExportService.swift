import Export
import Logging
import Model
import ServiceLifecycle
import Storage

/// Exports: seals what was recorded since the last time into the next file of a folder.
struct ExportService: Service {
    let store: Store
    let directory: String
    /// What the store knows its cursor by.
    let sink: String
    /// How long to rest between two files, in real time.
    let pause: Duration
    let telemetry: Telemetry
    let logger: Logger

    func run() async throws {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            export()
        }
    }

    /// Seals files until there are no more rows; the cursor moves after each one that is on disk.
    func export() {
        do {
            while let batch = try sealBatch(
                from: store, in: directory, after: try store.exportCursor(sink))
            {
                try store.moveExportCursor(sink, to: batch.lastSeq)
                telemetry.addExported(rows: batch.rows)
            }
            telemetry.setExportFault(nil)
        } catch {
            telemetry.setExportFault("\(error)")
            logger.error(
                "export failed", metadata: ["directory": "\(directory)", "error": "\(error)"])
        }
    }
}
