import CZlib

/// What zlib makes of some bytes, in one go; nil: it could not.
func compressed(_ bytes: [UInt8]) -> [UInt8]? {
    var length = compressBound(uLong(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(length))
    guard compress2(&output, &length, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK
    else { return nil }
    output.removeLast(output.count - Int(length))
    return output
}

/// The bytes that were compressed, of which there are `count`; nil: they are damaged.
func decompressed(_ bytes: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
    guard (0...(1 << 26)).contains(count) else { return nil }
    var length = uLong(count)
    var output = [UInt8](repeating: 0, count: max(1, count))
    let status = uncompress(
        &output, &length, bytes.bindMemory(to: UInt8.self).baseAddress, uLong(bytes.count))
    guard status == Z_OK, length == uLong(count) else { return nil }
    output.removeLast(output.count - count)
    return output
}
