import NIOCore

/// Reads the bytes of one connection as HTTP/1.1 responses (RFC 9112), each to a request that was
/// neither HEAD nor CONNECT.
///
/// Strict where leniency lets two readers see two messages in the same bytes: lines end in CRLF,
/// names are tokens, no folded lines, one Content-Length or one Transfer-Encoding, which must be
/// `chunked`. It reads nothing that NIOHTTP1 refuses, and what both read they read alike.
struct ResponseParser {
    enum Part {
        case head(ResponseHead)
        /// A part of the body, never empty.
        case body(ByteBuffer)
        case end
    }

    enum Fault: Error {
        case syntax
        /// A head, or the trailers, with more bytes than the limit.
        case tooLong
    }

    private enum State {
        case head
        case body(left: Int)
        case bodyUntilClose
        case chunkSize, chunkEnd, trailers
        case chunk(left: Int)
    }

    private let headLimit: Int
    private var state = State.head
    /// What has come and was not read.
    private var bytes = ByteBuffer()
    /// So many of `bytes` were searched for the end of what they belong to, in vain.
    private var searched = 0

    init(headLimit: Int) {
        self.headLimit = headLimit
    }

    /// True between two messages.
    var isIdle: Bool {
        guard case .head = state else { return false }
        return bytes.readableBytes == 0
    }

    /// True where the end of the stream is the end of a message.
    var endsWithStream: Bool {
        if case .bodyUntilClose = state { true } else { false }
    }

    mutating func receive(_ part: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return bytes = part }
        var part = part
        bytes.writeBuffer(&part)
    }

    /// The next part of a message; nil: more bytes must come first.
    mutating func next() throws(Fault) -> Part? {
        while true {
            switch state {
            case .head:
                guard let head = try readHead() else { return nil }
                // Told before the answer to the same request; a switch of protocols is the last.
                if head.isInterim { continue }
                return .head(head)
            case .body(left: 0):
                state = .head
                return .end
            case .body(let left):
                guard let part = take(atMost: left) else { return nil }
                state = .body(left: left - part.readableBytes)
                return .body(part)
            case .bodyUntilClose:
                return take(atMost: .max).map(Part.body)
            case .chunkSize:
                guard let size = try readChunkSize() else { return nil }
                state = size == 0 ? .trailers : .chunk(left: size)
            case .chunk(left: 0):
                state = .chunkEnd
            case .chunk(let left):
                guard let part = take(atMost: left) else { return nil }
                state = .chunk(left: left - part.readableBytes)
                return .body(part)
            case .chunkEnd:
                guard let end = bytes.readBytes(length: 2) else { return nil }
                guard end == [.carriageReturn, .lineFeed] else { throw .syntax }
                state = .chunkSize
            case .trailers:
                guard try readTrailers() else { return nil }
                state = .head
                return .end
            }
        }
    }
}

/// The parts of a message.
extension ResponseParser {
    private mutating func readHead() throws(Fault) -> ResponseHead? {
        guard let length = try lengthOfHead() else { return nil }
        guard let lines = bytes.readSlice(length: length) else { return nil }
        let head = try ResponseHead(lines)
        switch head.framing {
        case .none: state = .body(left: 0)
        case .length(let length): state = .body(left: length)
        case .chunked: state = .chunkSize
        case .untilClose: state = .bodyUntilClose
        }
        if head.isInterim { state = .head }
        return head
    }

    /// Bytes up to the end of the empty line that ends a head; nil: it has not come.
    private mutating func lengthOfHead() throws(Fault) -> Int? {
        let start = searched
        let end = bytes.withUnsafeReadableBytes { bytes -> Int? in
            var place = max(3, start)
            // The last byte of CR LF CR LF moves by as much as the byte there allows.
            while place < bytes.count {
                switch bytes[place] {
                case .lineFeed:
                    if bytes[place - 1] == .carriageReturn, bytes[place - 2] == .lineFeed,
                        bytes[place - 3] == .carriageReturn
                    {
                        return place + 1
                    }
                    place += 2
                case .carriageReturn: place += 1
                default: place += 4
                }
            }
            return nil
        }
        guard let end else {
            // Who speaks something else may wait for an answer to it: told at once.
            guard zip(bytes.readableBytesView, "HTTP/1.".utf8).allSatisfy(==) else {
                throw .syntax
            }
            guard bytes.readableBytes <= headLimit else { throw .tooLong }
            searched = bytes.readableBytes
            return nil
        }
        guard end <= headLimit else { throw .tooLong }
        searched = 0
        return end
    }

    /// Nil: the line has not come.
    private mutating func readChunkSize() throws(Fault) -> Int? {
        guard let line = try readLine(limit: Self.chunkLineLimit) else { return nil }
        let text = line.readableBytesView
        let digits = text.prefix { $0 != UInt8(ascii: ";") }
        guard (1...Self.chunkDigits).contains(digits.count) else { throw .syntax }
        var size = 0
        for byte in digits {
            guard let digit = byte.hexadecimalDigit else { throw .syntax }
            size = size << 4 | digit
        }
        let extensions = text[digits.endIndex...].split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard extensions.dropFirst().allSatisfy(isChunkExtension) else { throw .syntax }
        return size
    }

    /// Passes over the trailers; false: their end has not come.
    private mutating func readTrailers() throws(Fault) -> Bool {
        while let line = try readLine(limit: headLimit) {
            if line.readableBytes == 0 { return true }
            _ = try line.withUnsafeReadableBytes { line throws(Fault) in try FieldLine(line) }
        }
        return false
    }

    /// A line without its CRLF; nil: it has not come. Lines are short: searched anew each time.
    private mutating func readLine(limit: Int) throws(Fault) -> ByteBuffer? {
        guard
            let length = bytes.readableBytesView.firstIndex(of: .lineFeed).map({
                $0 - bytes.readerIndex
            })
        else {
            guard bytes.readableBytes <= limit else { throw .tooLong }
            return nil
        }
        guard length > 0, length <= limit else { throw length > 0 ? .tooLong : .syntax }
        guard var line = bytes.readSlice(length: length + 1),
            let text = line.readSlice(length: length - 1),
            line.readInteger(as: UInt8.self) == .carriageReturn
        else { throw .syntax }
        return text
    }

    private mutating func take(atMost limit: Int) -> ByteBuffer? {
        let length = min(limit, bytes.readableBytes)
        return length > 0 ? bytes.readSlice(length: length) : nil
    }

    private static let chunkLineLimit = 1_024
    /// More would not fit into an Int.
    private static let chunkDigits = 15
}

/// `name` or `name=value`, of token characters: what a chunk's extensions say is passed over.
private func isChunkExtension(_ text: ByteBufferView) -> Bool {
    let parts = text.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    return parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isToken) }
}
