package import HTTPTypes

/// The answer to what never became a request: a status, and a page that needs to know nothing of
/// who asked.
package struct Refusal: Sendable {
  package let status: HTTPResponse.Status
  package let headers: HTTPFields
  package let body: String

  package init(status: HTTPResponse.Status, headers: HTTPFields, body: String) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The answer for each status.
  package typealias Making = @Sendable (HTTPResponse.Status) -> Refusal
}
