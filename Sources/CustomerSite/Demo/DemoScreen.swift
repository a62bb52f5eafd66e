internal import FoundationEssentials
internal import Hummingbird
internal import NIOCore
internal import Outbox
internal import Pages
internal import Wording

/// The messages that the demo caught instead of sending them. Nothing of it exists outside the
/// demo.
struct DemoScreen: Sendable {
  static let path = "/demo/uzenetek"

  let site: Site
  let catcher: Catcher

  @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
    let messages = catcher.messages
    return try site.response(
      DemoPage(
        frame: site.frame(site.texts(context)["demo.title"], context),
        messages: messages.map(DemoPage.Row.init), isEmpty: messages.isEmpty),
      context)
  }

  /// All caught messages, or the newest few when `?darab=` says how many.
  @Sendable func showJSON(_ request: Request, _ context: SiteContext) async throws -> Response {
    let wanted = request.uri.queryParameters["darab"].flatMap { Int($0) } ?? Catcher.capacity
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = .sortedKeys
    let body = try encoder.encode(
      catcher.newest(max(0, wanted)).map(CaughtMessage.init))
    return Response(
      status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }
}

/// As the contract has it, part 3.
private struct CaughtMessage: Encodable {
  let id: Int
  let channel: String
  let to: String
  let subject: String
  let text: String
  let createdAt: Date

  init(_ message: Catcher.Caught) {
    id = message.id
    channel = message.channel.rawValue
    to = message.to
    subject = message.subject
    text = message.text
    createdAt = message.createdAt
  }
}

struct DemoPage: Page {
  var template: String { "demo-messages" }
  let frame: Frame
  let messages: [Row]
  let isEmpty: Bool

  struct Row: Sendable {
    let isSMS: Bool
    let to: String
    let subject: String
    let hasSubject: Bool
    let text: String
    let time: String
    let hasContract: Bool

    init(_ message: Catcher.Caught) {
      isSMS = message.channel == .sms
      to = message.to
      subject = message.subject
      hasSubject = !message.subject.isEmpty
      text = message.text
      time = message.createdAt.ISO8601Format()
      hasContract = message.contractVersion != nil
    }
  }
}
