import ServiceLifecycle

/// Records: ends after everything that may still bring something to be written.
struct RecordService: Service {
    let recorder: Recorder

    func run() async throws {
        await withGracefulShutdownHandler {
            await recorder.run()
        } onGracefulShutdown: {
            recorder.close()
        }
    }
}

/// Stops first: from then on nobody waits long for a store that fails, whoever stops next.
struct HasteService: Service {
    let recorder: Recorder

    func run() async throws {
        try await gracefulShutdown()
        recorder.hurry()
    }
}
