import Hummingbird
package import Logging
package import Model
import NIOCore
import ServiceLifecycle

/// Something that keeps the daemon from being ready.
package struct FailingCheck: Hashable, Sendable {
    package let name: String
    package let detail: String

    package init(name: String, detail: String) {
        self.name = name
        self.detail = detail
    }
}

/// Serves until the daemon stops.
package struct WebServer: Service {
    private let listen: ListenAddress
    private let site: Site
    private let onListening: @Sendable (Int) async -> Void
    private let logger: Logger

    /// `notes` are told on the ready page beside `ok`; `reload` returns the faults for which the
    /// configuration was not reloaded; `onListening` is told the port that was bound, where 0 was
    /// asked for.
    package init(
        listen: ListenAddress, page: @escaping @Sendable () async throws -> String,
        metrics: @escaping @Sendable () async throws -> [MetricFamily],
        readiness: @escaping @Sendable () async -> [FailingCheck],
        notes: @escaping @Sendable () async -> [String] = { [] },
        reload: @escaping @Sendable () async -> [String],
        onListening: @escaping @Sendable (Int) async -> Void, logger: Logger
    ) {
        self.listen = listen
        self.onListening = onListening
        self.logger = logger
        site = Site(
            host: listen.host, page: page, metrics: metrics, readiness: readiness,
            notes: notes, reload: reload, logger: logger)
    }

    package func run() async throws {
        // Each request would be a line: requests are no events of the daemon's.
        var quiet = logger
        quiet.logLevel = .error
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                await site.answer(request)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(listen.host, port: listen.port)),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError {
            throw WebError(address: listen, underlying: error.description)
        }
    }
}

/// The address could not be listened on.
package struct WebError: Error, Sendable, CustomStringConvertible {
    package let address: ListenAddress
    package let underlying: String

    package var description: String {
        "cannot listen on \(address): \(underlying); end what listens there, or state another"
            + " address under `listen`"
    }
}
