internal import AsyncHTTPClient
package import Foundation
internal import NIOHTTP1
package import Outbox
package import OutgoingHTTP

/// An SMS provider's own interface: address, headers and body as the operator describes them.
package struct HTTPGateway: Sendable {
  package enum Format: String, CaseIterable, Sendable {
    case json
    case form
  }

  /// The requests that the provider wants.
  package struct Manner: Sendable {
    private let method: HTTPMethod
    private let url: RequestTemplate
    private let headers: [(name: String, value: RequestTemplate)]
    private let format: Format
    private let body: RequestTemplate?
    fileprivate let success: JSONPath?

    package struct Invalid: Error, CustomStringConvertible {
      package let description: String
    }

    /// - Parameters:
    ///   - headers: one `Name: value` on each line
    ///   - body: empty for a request without one
    ///   - success: what a JSON answer must contain, such as `messages.0.status=accepted`; without
    ///     it only the status counts
    /// - Throws: ``Invalid`` with a sentence that names the configuration key.
    package init(
      method: String, url: String, headers: String, format: Format, body: String, success: String?
    ) throws(Invalid) {
      func template(_ text: String, _ key: String) throws(Invalid) -> RequestTemplate {
        do { return try RequestTemplate(text) } catch {
          throw Invalid(description: "\(key): \(error).")
        }
      }
      self.method = HTTPMethod(rawValue: method)
      self.url = try template(url, "sms.http.url")
      self.format = format
      self.body = body.isEmpty ? nil : try template(body, "sms.http.body")
      var fields: [(name: String, value: RequestTemplate)] = []
      for line in headers.split(whereSeparator: \.isNewline) {
        let sides = line.split(separator: ":", maxSplits: 1)
        guard sides.count == 2, let name = sides.first, !name.contains(" ") else {
          throw Invalid(description: "sms.http.headers: a line must be like «Name: value».")
        }
        let value = sides[1].trimmingCharacters(in: .whitespaces)
        fields.append((String(name), try template(value, "sms.http.headers")))
      }
      self.headers = fields
      do {
        self.success = try success.map { text throws(JSONPath.Invalid) in try JSONPath(text) }
      } catch { throw Invalid(description: "sms.http.success: \(error).") }
      try check()
    }

    /// Otherwise each message would fail on an invalid request or invalid JSON.
    private func check() throws(Invalid) {
      let address = self.url.filled(Manner.sample, escaping: percentEncoded)
      let scheme = URL(string: address).flatMap { $0.host?.isEmpty == false ? $0.scheme : nil }
      guard scheme == "http" || scheme == "https" else {
        throw Invalid(description: "sms.http.url is not an http or https address.")
      }
      guard format == .json, let text = filledBody(Manner.sample) else { return }
      guard (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil else {
        throw Invalid(description: "sms.http.body makes no JSON.")
      }
    }

    private static func sample(_ place: RequestTemplate.Place) -> String {
      switch place {
      case .number: "+36301234567"
      case .text: "Az «Ön» \"kódja\":\n4 8 2"
      case .key: "sms-code/1/1"
      case .minutes: "9"
      case .receipt: "http://127.0.0.1:9090/receipts/sms/1/a"
      }
    }

    func filledBody(_ values: (RequestTemplate.Place) -> String) -> String? {
      body?.filled(values) { value in
        switch format {
        case .json: jsonEscaped(value)
        case .form: percentEncoded(value)
        }
      }
    }

    func request(
      _ values: (RequestTemplate.Place) -> String
    ) throws -> HTTPClient.Request {
      var fields = HTTPHeaders()
      for (name, value) in headers {
        // A line break in a value would begin another header.
        fields.replaceOrAdd(
          name: name, value: value.filled(values) { $0.filter { !$0.isNewline } })
      }
      let content = filledBody(values)
      if content != nil, !fields.contains(name: "Content-Type") {
        fields.add(
          name: "Content-Type",
          value: format == .json ? "application/json" : "application/x-www-form-urlencoded")
      }
      return try HTTPClient.Request(
        url: url.filled(values, escaping: percentEncoded), method: method, headers: fields,
        body: content.map { .string($0) })
    }
  }

  private let manner: Manner
  private let exchange: HTTPExchange
  private let reportAddress: ReportAddress
  private let now: @Sendable () -> Date

  package init(
    manner: Manner, exchange: HTTPExchange, reportAddress: @escaping ReportAddress,
    now: @escaping @Sendable () -> Date
  ) {
    self.manner = manner
    self.exchange = exchange
    self.reportAddress = reportAddress
    self.now = now
  }

  package var gateway: Gateway {
    Gateway(name: "http") { delivery throws(Gateway.Refusal) in try await send(delivery) }
  }

  private func send(_ delivery: Gateway.Delivery) async throws(Gateway.Refusal) {
    let sms = try SMS(delivery, at: now())
    guard let request = try? manner.request({ value(of: $0, in: sms) }) else {
      throw .temporary("sms.http.url makes no request")
    }
    let answer = try await exchange.send(request).get()
    try answer.checkAccess()
    try answer.checkStatus()
    // An answer without the expected content may still mean that the message was taken.
    guard let success = manner.success, !(answer.isWhole && success.holds(in: answer.body)) else {
      return
    }
    throw .unknown("HTTP \(answer.status), and the answer does not hold sms.http.success")
  }

  private func value(of place: RequestTemplate.Place, in sms: SMS) -> String {
    switch place {
    case .number: sms.number
    case .text: sms.text
    case .key: sms.key
    case .minutes: String(sms.minutes)
    case .receipt: reportAddress(sms.id) ?? ""
    }
  }
}

/// A value to be used inside a JSON string.
private func jsonEscaped(_ text: String) -> String {
  var escaped = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": escaped += "\\\""
    case "\\": escaped += "\\\\"
    case "\n": escaped += "\\n"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      escaped += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped
}
