import Glibc
import Model
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOSSL

/// Why a connection could not be opened.
func connectFailure(_ error: any Error) -> Failure {
    switch error {
    case ChannelError.connectTimeout: Failure(.timeout, .connectTimeout)
    case let error as IOError: socketFailure(error.errnoCode)
    default: Failure(.unreachable, .closed)
    }
}

/// Why an open connection broke. `stage` nil: it carried nothing. `peer` is the certificate that
/// the peer showed, trusted or not.
func connectionFailure(
    _ error: any Error, stage: Stage?, peer: NIOSSLCertificate?
) -> Failure {
    switch error {
    case let error as IOError: socketFailure(error.errnoCode)
    case is NIOHPACKErrors.MaxHeaderListSizeViolation,
        is NIOHTTP2Errors.ExcessivelyLargeHeaderBlock:
        Failure(.malformed, .headerLimit)
    case is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.IOOnClosedConnection:
        Failure(.unreachable, .closed)
    case is any NIOHTTP2Error: Failure(.malformed, .httpProtocol)
    case NIOSSLError.uncleanShutdown, is ChannelError: Failure(.unreachable, .closed)
    case _ where isProtocolRefusal(error): Failure(.malformed, .httpProtocol)
    default: Failure(.unreachable, tlsReason(error, isHandshake: stage == .securing, peer: peer))
    }
}

/// True: it ends one stream of HTTP/2 and leaves the connection whole (RFC 9113 §8.1.1).
func isOfOneStream(_ error: any Error) -> Bool {
    switch error {
    case is NIOHTTP2Errors.StreamError, is NIOHTTP2Errors.ContentLengthViolated,
        is NIOHTTP2Errors.ContentLengthHeadersMismatch,
        is NIOHTTP2Errors.ContentLengthHeaderNegative,
        is NIOHTTP2Errors.ContentLengthHeaderMalformedValue,
        is NIOHTTP2Errors.TrailersWithoutEndStream, is NIOHTTP2Errors.ForbiddenHeaderField,
        is NIOHTTP2Errors.InvalidHTTP2HeaderFieldName,
        is NIOHTTP2Errors.InvalidHTTP2HeaderFieldValue, is NIOHTTP2Errors.InvalidPseudoHeaders,
        is NIOHTTP2Errors.InvalidPseudoHeaderValue, is NIOHTTP2Errors.UnknownPseudoHeader,
        is NIOHTTP2Errors.DuplicatePseudoHeader,
        is NIOHTTP2Errors.PseudoHeaderAfterRegularHeader:
        true
    default: false
    }
}

private func socketFailure(_ code: CInt) -> Failure {
    switch code {
    case ECONNREFUSED: Failure(.unreachable, .refused)
    case ECONNRESET, EPIPE: Failure(.unreachable, .reset)
    case EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL: Failure(.unreachable, .noRoute)
    case ETIMEDOUT: Failure(.timeout, .connectTimeout)
    default: Failure(.unreachable, .closed)
    }
}
