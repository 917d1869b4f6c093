#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a file that the configuration names cannot be used: `NAME is not there`.
struct FileProblem: Error {
    let message: String
    let hint: String?
    let isMissing: Bool

    init(_ message: String, hint: String? = nil, isMissing: Bool = false) {
        self.message = message
        self.hint = hint
        self.isMissing = isMissing
    }
}

/// The bytes of a regular file of at most `limit` bytes. A private one must be readable by its
/// owner alone; that and the reading go by one descriptor, so the file checked is the file read.
func contents(
    ofFile path: String, limit: Int, isPrivate: Bool = false
) -> Result<[UInt8], FileProblem> {
    // Without O_NONBLOCK a named pipe would be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(openingProblem(errno)) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return .failure(FileProblem("is not a regular file"))
    }
    guard !isPrivate || status.st_mode & 0o077 == 0 else {
        return .failure(
            FileProblem("can be read by others than its owner", hint: "chmod 600 it"))
    }
    return read(descriptor, limit: limit)
}

private func openingProblem(_ code: Int32) -> FileProblem {
    guard code == ENOENT else { return FileProblem("cannot be opened: " + reason(code)) }
    return FileProblem(
        "is not there", hint: "relative paths start from the folder of the configuration file",
        isMissing: true)
}

/// What is left to read of a descriptor.
private func read(_ descriptor: Int32, limit: Int) -> Result<[UInt8], FileProblem> {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
        let count = read(descriptor, &buffer, buffer.count)
        if count == 0 { return .success(bytes) }
        if count > 0 {
            bytes += buffer[..<count]
        } else if errno != EINTR {
            return .failure(FileProblem("cannot be read: " + reason(errno)))
        }
    }
    return .failure(FileProblem("is longer than \(limit) bytes"))
}

private func reason(_ code: Int32) -> String {
    String(cString: strerror(code))
}

/// True for an IPv4 or IPv6 address in its usual notation.
func isAddress(_ text: String) -> Bool {
    var storage = in6_addr()
    return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
}

/// The name of this host, without what a name in rows and reports may not hold.
func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    let name = buffer.prefix { $0 != 0 }.compactMap { byte -> Character? in
        let character = Character(Unicode.Scalar(UInt8(bitPattern: byte)))
        return character.isASCII && (character.isLetter || character.isNumber)
            || "-_.".contains(character) ? character : nil
    }
    return name.isEmpty ? "localhost" : String(name.prefix(64))
}
