import CZlib
import Crypto
import Foundation

/// A gzip file on its way to its name: written beside it, synced, then renamed, so that a name
/// stands for whole contents or for nothing.
///
/// Constant memory. The same lines give the same bytes: gzip's time stamp is 0.
final class SealedFile {
    private(set) var bytes = 0
    private let path: String
    private let partPath: String
    private var descriptor: Int32
    /// zlib remembers where its stream lies: it has a place of its own.
    private let stream: UnsafeMutablePointer<z_stream>
    private var hash = SHA256()
    private var output = [UInt8](repeating: 0, count: 1 << 16)

    /// Level 6: a sixth more time than level 4 for a sixth less space on these lines.
    private static let level: Int32 = 6
    /// 15 bits of window, and 16 for a gzip header instead of zlib's.
    private static let windowBits: Int32 = 15 + 16

    init(path: String) throws {
        self.path = path
        partPath = path + ".part"
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // What an interrupted export left is ours to replace.
        _ = unlink(partPath)
        descriptor = open(partPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ExportError.system("create", partPath) }
        let status = deflateInit2_(
            stream, Self.level, Z_DEFLATED, Self.windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw compression(status) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        guard descriptor >= 0 else { return }
        _ = close(descriptor)
        _ = unlink(partPath)
    }

    func write(_ input: [UInt8]) throws {
        try deflate(input, flush: Z_NO_FLUSH)
    }

    /// Ends the file and gives it its name. Returns the SHA-256 of its bytes, as hexadecimal.
    func seal() throws -> String {
        try deflate([], flush: Z_FINISH)
        guard fsync(descriptor) == 0, close(descriptor) == 0 else {
            throw ExportError.system("write", partPath)
        }
        descriptor = -1
        guard rename(partPath, path) == 0 else { throw ExportError.system("rename", partPath) }
        try syncFolder(of: path)
        return hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private func deflate(_ input: [UInt8], flush: Int32) throws {
        var input = input
        try input.withUnsafeMutableBufferPointer { buffer in
            stream.pointee.next_in = buffer.baseAddress
            stream.pointee.avail_in = UInt32(buffer.count)
            var status = Z_OK
            repeat {
                let produced = output.withUnsafeMutableBufferPointer { room in
                    stream.pointee.next_out = room.baseAddress
                    stream.pointee.avail_out = UInt32(room.count)
                    status = CZlib.deflate(stream, flush)
                    return room.count - Int(stream.pointee.avail_out)
                }
                guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                    throw compression(status)
                }
                try append(output[..<produced])
            } while stream.pointee.avail_out == 0 || (flush == Z_FINISH && status != Z_STREAM_END)
        }
    }

    private func append(_ part: ArraySlice<UInt8>) throws {
        guard !part.isEmpty else { return }
        hash.update(data: part)
        bytes += part.count
        var rest = part
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw ExportError.system("write", partPath) }
            rest = rest.dropFirst(written)
        }
    }

    private func compression(_ status: Int32) -> ExportError {
        ExportError(
            .inputOutput, "compress", path, underlying: "zlib status \(status)",
            hint: "check the machine's memory")
    }
}

/// Makes a rename in a folder last through a loss of power.
func syncFolder(of path: String) throws {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw ExportError.system("open", folder) }
    defer { _ = close(descriptor) }
    guard fsync(descriptor) == 0 else { throw ExportError.system("sync", folder) }
}
