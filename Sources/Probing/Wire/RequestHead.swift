import Foundation
import Model

/// The lines that stand before a request's body: the same for each probe of a target, so the
/// bytes are built once.
struct RequestHead: Sendable {
    /// Without line ends: the request line and the header fields.
    let lines: [String]
    /// As on the wire, up to where a body's length or the empty line follows.
    let bytes: [UInt8]

    /// `key` nil: the credentials are masked, for people.
    init(method: String, path: String, target: Target, key: Secret?) {
        let url = BaseURL(target.baseURL)
        let credentials = key.map { key in
            Data("\(target.workspaceID):\(key.reveal())".utf8).base64EncodedString()
        }
        lines = [
            "\(method) \(url.path)\(path) HTTP/1.1",
            "Host: \(url.authority)",
            "Authorization: Basic \(credentials ?? "<redacted>")",
            "MOE-APPKEY: \(target.workspaceID)",
            "Content-Type: application/json",
        ]
        bytes = Array(lines.map { $0 + "\r\n" }.joined().utf8)
    }

    /// The whole request; an empty body is none.
    func request(body: [UInt8] = []) -> [UInt8] {
        var request = bytes
        request.reserveCapacity(bytes.count + body.count + 32)
        if !body.isEmpty {
            request.append(contentsOf: RequestHead.lengthLine(of: body).utf8)
            request.append(contentsOf: "\r\n".utf8)
        }
        request.append(contentsOf: "\r\n".utf8)
        request.append(contentsOf: body)
        return request
    }

    static func lengthLine(of body: [UInt8]) -> String {
        "Content-Length: \(body.count)"
    }
}
