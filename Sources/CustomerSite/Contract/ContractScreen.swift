internal import Accounts
internal import Domain
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Pages
internal import Wording

/// The portal's contract as the customer accepted it, to read and to keep (J10).
struct ContractScreen: Sendable {
  let site: Site
  let contracts: Contracts

  @Sendable func show(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    // Customers who have not accepted one are asked to.
    guard let accepted = try await contracts.accepted(by: account) else {
      return CustomerPath.acceptDocuments.seeOther()
    }
    let texts = site.texts(context)
    let text = accepted.entry.text
    return try site.response(
      ContractPage(
        frame: site.frame(texts["myContract.title"], context),
        acceptedOn: texts.instant(accepted.entry.declaredAt), version: text.short,
        hasFile: accepted.hasFile, language: text.language.rawValue),
      holding: [KeptDocument(html: text.text, depth: 1)], context)
  }

  /// The same as a file: identical bytes with every download.
  @Sendable func download(
    _ request: Request, _ context: SiteContext, _ account: Account
  ) async throws -> Response {
    guard let file = try await contracts.file(for: account) else { throw HTTPError(.notFound) }
    return Response(
      status: .ok,
      headers: [
        .contentType: "application/pdf",
        .contentDisposition: "attachment; filename=\"portalszerzodes.pdf\"",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
  }
}

struct ContractPage: Page {
  var template: String { "contract" }
  let frame: Frame
  let acceptedOn: String
  let version: String
  let hasFile: Bool
  /// The contract's language, which may differ from the page's.
  let language: String
}
