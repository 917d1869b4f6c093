import Dashboards
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore

/// What is served under which path: default deny, in one place.
struct Site: Sendable {
    let host: String
    let page: @Sendable () async throws -> String
    let metrics: @Sendable () async throws -> [MetricFamily]
    let readiness: @Sendable () async -> [FailingCheck]
    let notes: @Sendable () async -> [String]
    let reload: @Sendable () async -> [String]
    let logger: Logger

    private enum Route: String {
        case page = "/"
        case styleSheet = "/page.css"
        case metrics = "/metrics"
        case healthy = "/-/healthy"
        case ready = "/-/ready"
        case reload = "/-/reload"

        var methods: [HTTPRequest.Method] { self == .reload ? [.post] : [.get, .head] }
    }

    func answer(_ request: Request) async -> Response {
        guard isAllowed(request.head.authority) else {
            return problem(.misdirectedRequest, "host", "this daemon does not go by that name")
        }
        guard let route = Route(rawValue: request.uri.path) else {
            return problem(.notFound, "path", "there is nothing at this path")
        }
        guard route.methods.contains(request.method) else {
            let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
            var response = problem(.methodNotAllowed, "method", "this path takes \(allowed)")
            response.headers[.allow] = allowed
            return response
        }
        guard route.methods != [.post] || isOwn(request) else {
            return problem(.forbidden, "origin", "another site's page may change nothing here")
        }
        do {
            return try await answer(route)
        } catch {
            logger.error(
                "a request failed", metadata: ["path": "\(route.rawValue)", "error": "\(error)"])
            return problem(.internalServerError, "internal", "see the daemon's log")
        }
    }

    private func answer(_ route: Route) async throws -> Response {
        switch route {
        case .page: text(try await page(), "text/html; charset=utf-8")
        case .styleSheet: text(Dashboards.pageCSS, "text/css; charset=utf-8")
        case .metrics:
            text(exposition(try await metrics()), "text/plain; version=0.0.4; charset=utf-8")
        case .healthy: text("ok\n", "text/plain; charset=utf-8")
        case .ready: await ready()
        case .reload: await reloaded()
        }
    }

    private func reloaded() async -> Response {
        let faults = await reload()
        if faults.isEmpty { return text("reloaded\n", "text/plain; charset=utf-8") }
        return problem(.unprocessableContent, "configuration", faults.joined(separator: "\n"))
    }

    /// A browser tells whose page a request comes from; programs say nothing.
    private func isOwn(_ request: Request) -> Bool {
        if let site = HTTPField.Name("Sec-Fetch-Site"), let value = request.headers[site] {
            return value == "same-origin" || value == "none"
        }
        guard let origin = request.headers[.origin] else { return true }
        return origin == "http://\(request.head.authority ?? "")"
            || origin == "https://\(request.head.authority ?? "")"
    }

    private func ready() async -> Response {
        let failing = await readiness()
        let told = await notes().map { $0 + "\n" }.joined()
        if failing.isEmpty { return text("ok\n" + told, "text/plain; charset=utf-8") }
        let detail = failing.map { "\($0.name): \($0.detail)" }.joined(separator: "; ")
        return problem(.serviceUnavailable, "not-ready", detail)
    }

    /// Loopback names and the one that is listened on: a name that somebody else's server made
    /// point here is none of ours (DNS rebinding).
    private func isAllowed(_ authority: String?) -> Bool {
        guard var name = authority else { return false }
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("]") {
            name = String(name[..<colon])
        }
        return ["localhost", "127.0.0.1", "[::1]", host, "[\(host)]"].contains(name.lowercased())
    }

    private func text(_ text: String, _ type: String) -> Response {
        response(.ok, type, text)
    }

    /// RFC 9457.
    private func problem(_ status: HTTPResponse.Status, _ kind: String, _ detail: String)
        -> Response
    {
        var json = JSONText()
        json.object {
            $0.member("type", "urn:variometer:problem:\(kind)")
            $0.member("title", status.reasonPhrase)
            $0.member("status", status.code)
            $0.member("detail", detail)
        }
        return response(status, "application/problem+json", json.text)
    }

    private func response(
        _ status: HTTPResponse.Status, _ type: String, _ text: String
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        for (name, value) in Self.security { headers[name] = value }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// No script, no frame, nothing from elsewhere.
    private static let security: [(HTTPField.Name, String)] =
        [
            (
                .contentSecurityPolicy,
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            ),
            (.xContentTypeOptions, "nosniff"),
        ]
        + named([
            "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        ])

    private static func named(_ fields: KeyValuePairs<String, String>) -> [(HTTPField.Name, String)]
    {
        fields.compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
    }
}
