import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TestKit
import Testing

@testable import Probing

@Suite("The response parser")
struct ResponseParserTests {
    @Test(
        "reads each kind of message, however it is cut",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "200 kept abc"),
            ("HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", "200 kept "),
            ("HTTP/1.1 204 \r\nX: \t y \t\r\n\r\n", "204 kept "),
            ("HTTP/1.1 304 Not\r\nContent-Length: 9\r\n\r\n", "304 kept "),
            ("HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 1\r\n\r\na", "200 a"),
            ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "200 a"),
            (
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
                "200 kept a"
            ),
            ("HTTP/1.1 200 OK\r\n\r\nuntil the end", "200 until the end"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;a=b;c\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
                "200 kept abc0123456789"
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
                "200 kept a"
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Encoding: GZIP\r\nContent-Length: 0\r\n\r\n",
                "200 kept gzip "
            ),
        ])
    func messages(bytes: String, reading: String) {
        let bytes = Array(bytes.utf8)
        #expect(Reading(of: [bytes]).text == reading)
        #expect(Reading(of: bytes.map { [$0] }).text == reading)
        for cut in 0..<bytes.count {
            #expect(Reading(of: [Array(bytes[..<cut]), Array(bytes[cut...])]).text == reading)
        }
    }

    @Test(
        "refuses what two readers could read in two ways",
        arguments: [
            "HTTP/1.1 200 OK\nContent-Length: 0\n\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\na",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
            "HTTP/1.1 200 OK\r\nName : x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nName: x\r\n folded\r\n\r\n",
            "HTTP/1.1 200 OK\r\nna\u{0}me: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nName: x\u{0}y\r\n\r\n",
            "HTTP/1.1 200 OK\r\nName: x\ry\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1  200 OK\r\n\r\n", "\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;\r\na\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a==b\r\na\r\n0\r\n\r\n",
        ])
    func refused(bytes: String) {
        #expect(Reading(of: [Array(bytes.utf8)]).fault == .syntax, "\(bytes.debugDescription)")
        #expect(Reading(of: bytes.utf8.map { [$0] }).fault == .syntax, "\(bytes.debugDescription)")
    }

    @Test("bounds a head, trailers and the line of a chunk, ended or not")
    func limits() {
        let long = String(repeating: "x", count: 2_000)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        for bytes in [
            "HTTP/1.1 200 OK\r\nX: \(long)", "HTTP/1.1 200 OK\r\nX: \(long)\r\n\r\n",
            chunked + "1;\(long)", chunked + "1;\(long)\r\na", chunked + "0\r\nX: \(long)",
            chunked + "0\r\nX: \(long)\r\n\r\n",
        ] {
            let reading = Reading(of: [Array(bytes.utf8)], headLimit: 1_000)
            #expect(reading.fault == .tooLong, "\(bytes.prefix(60).debugDescription)")
        }
        let fitting = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        #expect(Reading(of: [Array(fitting.utf8)], headLimit: fitting.utf8.count).fault == nil)
        #expect(
            Reading(of: [Array(fitting.utf8)], headLimit: fitting.utf8.count - 1).fault == .tooLong)
    }

    @Test("gives all fields of a head, names in lower case")
    func fields() throws {
        var parser = ResponseParser(headLimit: 1_000)
        parser.receive(
            ByteBuffer(string: "HTTP/1.1 429 Slow\r\nRetry-After: 2\r\nX-A:b c \r\n\r\n"))
        guard case .head(let head)? = try parser.next() else { throw Missing() }
        #expect(head.fields == [HeaderField("retry-after", "2"), HeaderField("x-a", "b c")])
        #expect(head.version == "1.1")
    }

    struct Missing: Error {}

    /// Messages of the grammar, and the same with a few bytes changed: what is read is what
    /// NIOHTTP1 reads, and nothing is read that it refuses.
    @Test("reads as NIOHTTP1 reads, and nothing that it refuses", arguments: 0..<8)
    func fuzzed(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var read = 0
        for _ in 0..<2_500 {
            var bytes = Array(randomMessage(using: &random).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) { mutate(&bytes, using: &random) }
            let parts = cut(bytes, using: &random)
            let ours = Reading(of: parts)
            // NIOHTTP1 takes a tab behind a length for a part of it.
            let isBehindLength = bytes.text.contains(#/: *\d+ *\\t[ \\t]*\\r/#)
            guard ours.fault == nil, ours.isWhole, !isBehindLength else { continue }
            read += 1
            #expect(ours.isRead(alike: Reading(byNIOHTTP1: parts)), "\(bytes.text)")
        }
        #expect(read > 800)
    }
}

/// What a parser made of some bytes, up to the end of the first message.
private struct Reading {
    private var status = 0
    private var isKept = false
    private var encoding: String?
    private var body = ByteBuffer()
    private(set) var isWhole = false
    private(set) var fault: ResponseParser.Fault?

    var text: String {
        guard isWhole else { return "unfinished" }
        return "\(status) " + (isKept ? "kept " : "") + (encoding.map { $0 + " " } ?? "")
            + String(decoding: body.readableBytesView, as: UTF8.self)
    }

    init(of parts: [[UInt8]], headLimit: Int = 65_536) {
        var parser = ResponseParser(headLimit: headLimit)
        do throws(ResponseParser.Fault) {
            for part in parts {
                parser.receive(ByteBuffer(bytes: part))
                while !isWhole, let part = try parser.next() {
                    switch part {
                    case .head(let head):
                        status = head.status
                        isKept = head.keepsAlive
                        encoding = head.encoding
                    case .body(var part): body.writeBuffer(&part)
                    case .end: isWhole = true
                    }
                }
            }
            if parser.endsWithStream { isWhole = true }
        } catch {
            fault = error
        }
    }

    init(byNIOHTTP1 parts: [[UInt8]]) {
        let channel = EmbeddedChannel()
        let decoder = HTTPResponseDecoder()
        let handler = ByteToMessageHandler(decoder)
        guard (try? channel.pipeline.syncOperations.addHandler(handler)) != nil else { return }
        decoder.write(data: .head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")))
        for part in parts {
            _ = try? channel.writeInbound(ByteBuffer(bytes: part))
            take(channel)
        }
        _ = try? channel.finish()
        take(channel)
    }

    /// The other one may keep what this one closes.
    func isRead(alike other: Reading) -> Bool {
        other.isWhole && status == other.status && encoding == other.encoding
            && body == other.body && (!isKept || other.isKept)
    }

    private mutating func take(_ channel: EmbeddedChannel) {
        while !isWhole, let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head):
                status = Int(head.status.code)
                isKept = head.isKeepAlive
                // White space around a value is no part of it (RFC 9110 §5.5); here it is left.
                encoding = head.headers.first(name: "content-encoding")?.lowercased()
                    .trimmingCharacters(in: .whitespaces)
            case .body(var part): body.writeBuffer(&part)
            case .end: isWhole = true
            }
        }
    }
}

/// A message of the grammar, with interim ones before it and bytes after it now and then.
private func randomMessage(using random: inout SplitMix64) -> String {
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    func text(_ length: ClosedRange<Int>) -> String {
        let letters = Array("abcXYZ 019,;:=-\"")
        return String(
            (0..<Int.random(in: length, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? "a"
            })
    }
    var message = chance(10) ? "HTTP/1.1 100 Continue\r\n\r\n" : ""
    let status = [200, 200, 200, 200, 204, 302, 304, 404, 429, 503].randomElement(using: &random)
    message += "HTTP/1.\(chance(10) ? 0 : 1) \(status ?? 200) \(text(0...5))\r\n"
    for _ in 0..<Int.random(in: 0...4, using: &random) {
        let names = ["Date", "Connection", "X-Y", "Content-Encoding", "Retry-After", "Server"]
        let values = ["close", "keep-alive", "Keep-Alive, x", "GZip", text(0...20), "\t a \t"]
        message += "\(names.randomElement(using: &random) ?? "X"):"
        message += " \(values.randomElement(using: &random) ?? "")\r\n"
    }
    let body = text(0...40)
    if chance(55) {
        message += "content-length: \(body.utf8.count)\r\n\r\n" + body
    } else if chance(75) {
        message += "Transfer-Encoding: chunked\r\n\r\n"
        for part in [body, text(1...20), text(1...9)] where !part.isEmpty {
            let size = String(part.utf8.count, radix: 16, uppercase: chance(50))
            message += size + (chance(10) ? ";x=y" : "") + "\r\n" + part + "\r\n"
        }
        message += "0\r\n" + (chance(20) ? "Trailer: t\r\n" : "") + "\r\n"
    } else {
        message += "\r\n" + body
    }
    return message + (chance(10) ? text(1...9) : "")
}

/// Changes, removes or doubles a byte, or puts one in that means something.
private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
    guard let place = bytes.indices.randomElement(using: &random) else { return }
    let meaning = Array("\r\n :\t0aF;,-\u{0}\u{7F}".utf8)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes.remove(at: place)
    case 2: bytes.insert(bytes[place], at: place)
    default: bytes[place] = meaning.randomElement(using: &random) ?? 0
    }
}

private func cut(_ bytes: [UInt8], using random: inout SplitMix64) -> [[UInt8]] {
    let places = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Int.random(in: 0...bytes.count, using: &random)
    }
    let ends = places.sorted() + [bytes.count]
    return zip([0] + ends, ends).map { Array(bytes[$0..<$1]) }
}

extension [UInt8] {
    fileprivate var text: String { String(decoding: self, as: UTF8.self).debugDescription }
}
