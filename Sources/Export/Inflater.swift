import CZlib
import Foundation

/// Decompresses a gzip stream piece by piece.
final class Inflater {
    /// zlib remembers where its stream lies: it has a place of its own.
    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool
    private(set) var isAtEnd = false
    private var output = [UInt8](repeating: 0, count: 1 << 17)

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        isReady =
            inflateInit2_(
                stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Hands over what a piece decompresses to; false: it is no gzip, or more than one stream.
    func inflate(_ input: Data, into take: (ArraySlice<UInt8>) -> Void) -> Bool {
        guard isReady, !isAtEnd else { return false }
        var bytes = [UInt8](input)
        var rest = 0
        while rest < bytes.count {
            var status = Z_OK
            let available = bytes.count - rest
            let produced = bytes.withUnsafeMutableBufferPointer { source in
                output.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_in = source.baseAddress.map { $0 + rest }
                    stream.pointee.avail_in = UInt32(available)
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    status = CZlib.inflate(stream, Z_NO_FLUSH)
                    return room.count - Int(stream.pointee.avail_out)
                }
            }
            rest = bytes.count - Int(stream.pointee.avail_in)
            take(output[..<produced])
            if status == Z_STREAM_END {
                isAtEnd = true
                return rest == bytes.count
            }
            guard status == Z_OK || (status == Z_BUF_ERROR && produced > 0) else { return false }
        }
        return true
    }
}
