internal import Foundation
package import HTTPTypes
package import HummingbirdTesting
package import NIOCore
internal import Synchronization

/// A customer's browser in a site test: it keeps cookies, sends a page's hidden fields back, and
/// comes in by the front door.
package final class CustomerClient: Sendable {
  /// What the site answered.
  package struct Answer: Sendable {
    package let status: HTTPResponse.Status
    package let headers: HTTPFields
    package let body: String

    package var location: String? { headers[.location] }

    /// The text of the first element with this marker in its tag, such as `data-code-prefix`.
    package func text(of marker: String) -> String? {
      guard let found = body.range(of: marker),
        let start = body.range(of: ">", range: found.upperBound..<body.endIndex),
        let end = body.range(of: "<", range: start.upperBound..<body.endIndex)
      else { return nil }
      return String(body[start.upperBound..<end.lowerBound])
    }

    /// The sentences of the error summary.
    package var errors: [String] {
      guard let start = body.range(of: "id=\"error-summary\""),
        let end = body.range(of: "</ul>", range: start.upperBound..<body.endIndex)
      else { return [] }
      let summary = body[start.upperBound..<end.lowerBound]
      return summary.components(separatedBy: "<a href=\"#").dropFirst().compactMap { piece in
        guard let open = piece.range(of: ">"), let close = piece.range(of: "</a>") else {
          return nil
        }
        return String(piece[open.upperBound..<close.lowerBound])
          .replacingOccurrences(of: "<span class=\"detail\">", with: "")
          .replacingOccurrences(of: "</span>", with: "")
          .replacingOccurrences(of: "&#39;", with: "'")
          .replacingOccurrences(of: "&quot;", with: "\"")
      }
    }

    /// The hidden fields of the page's forms.
    package var hidden: [String: String] {
      var fields: [String: String] = [:]
      for piece in body.components(separatedBy: "<input type=\"hidden\" name=\"").dropFirst() {
        let parts = piece.components(separatedBy: "\"")
        if parts.count > 2 { fields[parts[0]] = parts[2] }
      }
      return fields
    }
  }

  private let client: any TestClientProtocol
  private let cookies = Mutex<[String: String]>([:])
  private let page = Mutex<Answer?>(nil)

  package init(_ client: any TestClientProtocol) {
    self.client = client
  }

  package var cookieNames: Set<String> { cookies.withLock { Set($0.keys) } }

  package func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

  package func set(_ name: String, to value: String?) {
    cookies.withLock { $0[name] = value }
  }

  /// Another browser, which has never been here.
  package func stranger() -> CustomerClient { CustomerClient(client) }

  /// A browser with the same cookies: another tab, or a thief with a copy.
  package func copy() -> CustomerClient {
    let other = CustomerClient(client)
    let all = cookies.withLock { $0 }
    other.cookies.withLock { $0 = all }
    let page = page.withLock { $0 }
    other.page.withLock { $0 = page }
    return other
  }

  @discardableResult
  package func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
    let answer = try await send(.get, path, headers, nil)
    page.withLock { $0 = answer }
    return answer
  }

  /// Posts a form of the page in hand, with its hidden fields.
  @discardableResult
  package func post(
    _ path: String, _ fields: [String: String] = [:], headers: HTTPFields = [:]
  ) async throws -> Answer {
    let hidden = page.withLock { $0?.hidden } ?? [:]
    let all = hidden.merging(fields) { $1 }
    let body = all.sorted { $0.key < $1.key }
      .map { "\(CustomerClient.encode($0.key))=\(CustomerClient.encode($0.value))" }
      .joined(separator: "&")
    return try await post(path, body: body, headers: headers)
  }

  /// Posts a body as it is.
  @discardableResult
  package func post(_ path: String, body: String, headers: HTTPFields) async throws -> Answer {
    var headers = headers
    if headers[.contentType] == nil {
      headers[.contentType] = "application/x-www-form-urlencoded"
    }
    let answer = try await send(.post, path, headers, ByteBuffer(string: body))
    if answer.status != .seeOther { page.withLock { $0 = answer } }
    return answer
  }

  package func send(
    _ method: HTTPRequest.Method, _ path: String, _ fields: HTTPFields, _ body: ByteBuffer?
  ) async throws -> Answer {
    var fields = fields
    let cookie = cookies.withLock { cookies in
      cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }
    if !cookie.isEmpty, fields[.cookie] == nil { fields[.cookie] = cookie }
    return try await client.execute(uri: path, method: method, headers: fields, body: body) {
      response in
      for cookie in response.headers[values: .setCookie] { self.keep(cookie) }
      return Answer(
        status: response.status, headers: response.headers,
        body: String(buffer: response.body))
    }
  }

  private func keep(_ cookie: String) {
    let parts = cookie.components(separatedBy: "; ")
    guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
    let value = String(pair[pair.index(after: equals)...])
    let isRemoval = parts.contains("Max-Age=0")
    cookies.withLock { $0[String(pair[..<equals])] = isRemoval ? nil : value }
  }

  package static func encode(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E || byte == 0x5F
      return isPlain
        ? String(UnicodeScalar(byte)) : "%" + String(byte + 0, radix: 16, uppercase: true).padded
    }.joined()
  }
}

extension String {
  fileprivate var padded: String { utf8.count == 1 ? "0" + self : self }
}
