internal import Cryptography
internal import Domain
internal import Foundation
internal import Outbox

/// One e-mail as SMTP is told of it: envelope, headers, the two parts and what goes along.
struct Mail: Sendable {
  let sender: String
  let recipient: String
  let headers: [String]
  /// Text and HTML with CR LF at the ends of lines, which libcurl's encoder asks for.
  let text: String
  let html: String
  let attachment: MailRelay.Attachment?

  init(
    _ delivery: Gateway.Delivery, to recipient: EmailAddress, from sender: MailRelay.Sender,
    content: MailRelay.Content, at now: Date
  ) {
    self.sender = sender.address
    self.recipient = recipient.address
    let domain = sender.address.split(separator: "@").last.map(String.init) ?? "localhost"
    // The same at each try, so that a mailbox which got it twice can tell (contract, part 6).
    let identity = hexadecimal(sha256(Array(delivery.key.utf8)).prefix(16))
    var headers = [
      "Date: \(MailDate.text(of: now))",
      "From: \(EncodedWord.phrase(sender.name)) <\(sender.address)>",
      "To: <\(recipient.address)>",
      "Subject: \(EncodedWord.text(delivery.subject))",
      "Message-ID: <\(identity)@\(domain)>",
      "MIME-Version: 1.0",
      "Content-Type: multipart/\(content.attachment == nil ? "alternative" : "mixed")",
      "Content-Language: \(delivery.language.rawValue)",
      // RFC 3834: nobody's holiday notice has to answer.
      "Auto-Submitted: auto-generated",
    ]
    if let replyTo = sender.replyTo { headers.append("Reply-To: <\(replyTo)>") }
    self.headers = headers
    text = content.text.withNetworkLines
    html = content.html.withNetworkLines
    attachment = content.attachment
  }
}

/// A date as RFC 5322, 3.3 writes it.
enum MailDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func text(of date: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.weekday, .day, .month, .year, .hour, .minute, .second], from: date)
    func two(_ number: Int?) -> String {
      let digits = String(number ?? 0)
      return digits.utf8.count == 1 ? "0\(digits)" : digits
    }
    let day = days[((parts.weekday ?? 1) - 1) % days.count]
    let month = months[((parts.month ?? 1) - 1) % months.count]
    return "\(day), \(two(parts.day)) \(month) \(parts.year ?? 1970) "
      + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
  }
}

/// Text in a header (RFC 2047), which libcurl leaves to us.
enum EncodedWord {
  /// Bytes of text in one word: with its frame and the header's name the line keeps to the 76
  /// characters that RFC 2047 allows.
  private static let longest = 39

  /// A subject: as it is when it is plain, in encoded words otherwise, one on each line.
  static func text(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !text.contains("=?")
    // A long header line must be folded, and only encoded words fold without a doubt.
    if isPlain, text.utf8.count <= 60 { return text }
    return pieces(of: text).map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }
      .joined(separator: "\r\n ")
  }

  /// A name before an address.
  static func phrase(_ name: String) -> String {
    let isWord = name.utf8.allSatisfy { byte in
      byte == 0x20 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte)
    }
    return isWord && name.utf8.count <= 60
      ? name
      : pieces(of: name)
        .map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
  }

  /// Never torn inside a character.
  private static func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    for scalar in text.unicodeScalars {
      if piece.utf8.count + scalar.utf8.count > longest {
        pieces.append(piece)
        piece = ""
      }
      piece.unicodeScalars.append(scalar)
    }
    return pieces + [piece]
  }
}

extension String {
  /// Lines end with CR LF, however they ended before.
  fileprivate var withNetworkLines: String {
    var result = ""
    var isAfterReturn = false
    for scalar in unicodeScalars {
      if scalar == "\r" || (scalar == "\n" && !isAfterReturn) { result += "\r\n" }
      if scalar != "\r", scalar != "\n" { result.unicodeScalars.append(scalar) }
      isAfterReturn = scalar == "\r"
    }
    return result
  }

  var hasControlCharacters: Bool {
    unicodeScalars.contains {
      $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}"
    }
  }
}
