internal import AsyncHTTPClient
package import FoundationEssentials
package import Outbox
package import OutgoingHTTP

/// Kannel's sendsms interface (Kannel 1.4.5 User's Guide, chapter 6).
package struct KannelGateway: Sendable {
  package struct Access: Sendable {
    package let url: String
    package let username: String
    package let password: String
    /// The sender that a phone shows; without it, Kannel's own.
    package let from: String?

    package init(url: String, username: String, password: String, from: String?) {
      self.url = url
      self.username = username
      self.password = password
      self.from = from
    }
  }

  private let access: Access
  private let exchange: HTTPExchange
  private let reportAddress: ReportAddress
  private let now: @Sendable () -> Date

  package init(
    access: Access, exchange: HTTPExchange, reportAddress: @escaping ReportAddress,
    now: @escaping @Sendable () -> Date
  ) {
    self.access = access
    self.exchange = exchange
    self.reportAddress = reportAddress
    self.now = now
  }

  package var gateway: Gateway {
    Gateway(name: "kannel") { delivery throws(Gateway.Refusal) in try await send(delivery) }
  }

  private func send(_ delivery: Gateway.Delivery) async throws(Gateway.Refusal) {
    let sms = try SMS(delivery, at: now())
    let address = access.address(of: sms, reportingTo: reportAddress(sms.id))
    guard let request = try? HTTPClient.Request(url: address) else {
      throw .temporary("sms.kannel.url makes no request")
    }
    // 202 means "accepted" or "queued"; either way Kannel says that it has the message. Of Kannel
    // each 4xx about the request is final, a wrong password too (I6).
    try await exchange.send(request).get().checkStatus()
  }
}

extension KannelGateway.Access {
  /// The request, which is all in its URL.
  func address(of sms: SMS, reportingTo report: String?) -> String {
    var fields = [
      ("username", username), ("password", password), ("to", sms.number),
      ("text", sms.text), ("charset", "UTF-8"),
      // 0 is the GSM alphabet, 2 is UCS-2; never left to the gateway's default.
      ("coding", SMSText(sms.text).encoding == .ucs2 ? "2" : "0"),
      ("validity", String(sms.minutes)), ("priority", sms.isUrgent ? "3" : "0"),
    ]
    if let from { fields.insert(("from", from), at: 2) }
    if let report {
      // 1 delivered, 2 failed, 4 buffered, 8 accepted, 16 rejected; Kannel replaces %d with it.
      fields += [("dlr-mask", "31"), ("dlr-url", "\(report)?state=%d")]
    }
    let query = fields.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
    return url + (url.contains("?") ? "&" : "?") + query
  }
}

/// A value of a query or a form: only RFC 3986's unreserved characters are left unchanged.
func percentEncoded(_ text: String) -> String {
  var encoded = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      encoded.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
  }
  return encoded
}
