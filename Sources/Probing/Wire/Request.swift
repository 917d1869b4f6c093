import Model
import NIOCore

/// One request as a vendor's wire asks it, for either version of HTTP.
struct Request: Sendable {
    let head: RequestHead
    let body: [UInt8]
    /// The trace that it is part of; nil: of none.
    let trace: TraceContext?

    init(head: RequestHead, body: [UInt8] = [], trace: TraceContext? = nil) {
        self.head = head
        self.body = body
        self.trace = trace
    }

    func traced(as trace: TraceContext?) -> Request {
        trace == nil ? self : Request(head: head, body: body, trace: trace)
    }

    /// All of it as HTTP/1.1 has it on the wire.
    func buffer(from allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: head.bytes.count + body.count + 128)
        buffer.writeBytes(head.bytes)
        if let trace {
            buffer.writeStaticString("traceparent: ")
            buffer.writeString(trace.traceparent)
            buffer.writeStaticString("\r\n")
        }
        if !body.isEmpty {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString(String(body.count))
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(body)
        return buffer
    }

    /// The request for people: lines end in a line feed alone, credentials read `<redacted>`.
    var text: String {
        let lines = head.maskedLines + ownFields.map { "\($0.name): \($0.value)" } + [""]
        return lines.joined(separator: "\n") + "\n" + String(decoding: body, as: UTF8.self)
    }

    /// The fields that differ from one request of a head to the next.
    var ownFields: [HeaderField] {
        var fields: [HeaderField] = []
        if let trace { fields.append(HeaderField("traceparent", trace.traceparent)) }
        if !body.isEmpty { fields.append(HeaderField("Content-Length", String(body.count))) }
        return fields
    }
}

/// One field of a message's head.
struct HeaderField: Hashable, Sendable {
    let name: String
    let value: String
    /// True: its value opens something, and is shown to nobody.
    let isSecret: Bool

    init(_ name: String, _ value: String, isSecret: Bool = false) {
        self.name = name
        self.value = value
        self.isSecret = isSecret
    }
}
