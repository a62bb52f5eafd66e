internal import FoundationEssentials
internal import Hummingbird
internal import NIOCore
internal import Outbox
internal import Pages
internal import Wording

/// The messages that the demo caught instead of sending them. None of this exists outside the demo.
struct DemoScreen: Sendable {
  static let path = "/demo/uzenetek"
  static let elementsPath = "/demo/elemek"

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

  /// Every element of the pages in each of its states, for who changes how they look.
  @Sendable func showElements(_ request: Request, _ context: SiteContext) async throws -> Response {
    let texts = site.texts(context)
    return try site.response(
      ElementsPage(
        frame: site.frame(texts["demo.elements.title"], context, form: .typedAnew),
        field: Field("LA 2023"),
        mistake: Field(
          "06 1 234 5678",
          error: texts["mobileNumber.wrong"] + ". " + texts["mobileNumber.landline"])),
      context)
  }

  /// All caught messages, or only the newest ones when `?darab=` gives a number.
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

/// A caught message, as other programs read it (I3).
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

struct ElementsPage: Page {
  var template: String { "demo-elements" }
  let frame: Frame
  let field: Field
  let mistake: Field
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
