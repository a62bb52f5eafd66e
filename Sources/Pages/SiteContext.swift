package import Domain
package import Hummingbird
internal import Logging
internal import NIOCore
internal import Synchronization
internal import WebServer

/// What is known about a request before any page looks at it.
///
/// Middleware fills it. What only some pages need, such as the account of who is logged in, is
/// handed to their screens beside it by the access that has proven it.
package struct SiteContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// The network address of the other end; `nil` in tests without a socket.
  package let peer: String?
  private let channel: any Channel
  package var language: Language
  package var cookies: RequestCookies
  /// The posted form; empty for a GET.
  package var form: Form
  /// Whether the path answers only posts, so that no link may lead back to it.
  package var isPostOnly: Bool
  /// When the session or the registration of this browser ends.
  package var deadline: Deadline?
  /// Who is logged in, by name; empty where nobody has looked.
  package var holder: String
  /// Whether who is logged in has proven so lately (ASVS 7.5.3); `false` where nobody has looked.
  package var isProven: Bool
  /// The menu that the page shows.
  package var menu: Menu?
  /// What the browser says it is, in its own words.
  var userAgent: String
  /// A case that this page itself opened; otherwise the registration's is shown.
  package var ownCase: CaseNumber?
  /// What the log and the meters say of the request.
  package let record: RequestRecord
  /// Cookies that are sent with any response.
  package let outgoing: OutgoingCookies

  package init(source: Source) {
    coreContext = .init(source: source)
    peer = source.channel.remoteAddress?.ipAddress
    channel = source.channel
    language = .hungarian
    cookies = RequestCookies(fields: [])
    form = Form()
    isPostOnly = false
    deadline = nil
    holder = ""
    isProven = false
    menu = nil
    userAgent = ""
    ownCase = nil
    record = RequestRecord()
    outgoing = OutgoingCookies()
  }

  /// What the browser says it is.
  package var device: Device { Device(userAgent: userAgent) }

  /// Lets a client that asks for leave send its body.
  func wantBody() {
    channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
  }
}

/// The cookies of a response, collected while it is made.
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
