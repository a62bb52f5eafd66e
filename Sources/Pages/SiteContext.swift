package import Domain
package import Hummingbird
internal import Logging
internal import NIOCore
internal import Synchronization

/// What is known of a request before any page looks at it.
///
/// Middleware fills it; pages that need more than this take a child context whose initialiser
/// proves it (a customer, say).
package struct SiteContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// The network address of the other end; `nil` in tests without a socket.
  package let peer: String?
  package var language: Language
  package var cookies: RequestCookies
  /// The posted form; empty for a GET.
  package var form: Form
  /// Whether the path answers posts alone, so that no link may lead back to it.
  package var isPostOnly: Bool
  /// The menu that the page shows.
  package var menu: Menu?
  /// What the browser says it is.
  package var device: Device
  /// Cookies that leave with whatever answer is given.
  package let outgoing: OutgoingCookies

  package init(source: Source) {
    coreContext = .init(source: source)
    peer = source.channel.remoteAddress?.ipAddress
    language = .hungarian
    cookies = RequestCookies(fields: [])
    form = Form()
    isPostOnly = false
    menu = nil
    device = .unknown
    outgoing = OutgoingCookies()
  }
}

/// The cookies of an answer, gathered while it is made.
package final class OutgoingCookies: Sendable {
  private let cookies = Mutex<[CookieName: ResponseCookie]>([:])

  func set(_ cookie: ResponseCookie) {
    cookies.withLock { $0[cookie.name] = cookie }
  }

  func value(of name: CookieName) -> String? {
    cookies.withLock { $0[name]?.value }
  }

  var all: [ResponseCookie] {
    cookies.withLock { $0.values.sorted { $0.name.rawValue < $1.name.rawValue } }
  }
}
