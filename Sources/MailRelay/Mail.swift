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
  let picture: MailRelay.Picture?

  init(
    _ delivery: Gateway.Delivery, to recipient: EmailAddress, from sender: MailRelay.Sender,
    content: MailRelay.Content, at now: Date
  ) {
    self.sender = sender.address
    self.recipient = recipient.address
    let domain = sender.address.split(separator: "@").last.map(String.init) ?? "localhost"
    // The same at each try, so that a mailbox which got it twice can tell (I6).
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
    picture = content.picture
  }
}

/// A date as RFC 5322, 3.3 writes it.
enum MailDate {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func text(of date: Date) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = Int(date.timeIntervalSince1970.rounded(.down))
    let (day, second) = seconds.dividedDown(by: 86_400)
    // The first of January 1970 was a Thursday.
    let weekday = days[(day + 4).dividedDown(by: 7).rest]
    let (year, month, dayOfMonth) = calendarDay(day)
    return "\(weekday), \(two(dayOfMonth)) \(months[month]) \(year) "
      + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) +0000"
  }

  /// The date of a day counted from 1970, its month from 0.
  ///
  /// Years are counted from March on, so that the leap day is the last of each; four centuries have
  /// 146,097 days. A calendar made for each letter would cost more than the letter.
  private static func calendarDay(_ day: Int) -> (year: Int, month: Int, day: Int) {
    let fromMarchOfYear0 = 719_468
    let (era, dayOfEra) = (day + fromMarchOfYear0).dividedDown(by: 146_097)
    let year =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    return (era * 400 + year + (month < 10 ? 0 : 1), (month + 2) % 12, dayOfMonth)
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

extension Int {
  /// Divided, and rounded down below zero too.
  fileprivate func dividedDown(by divisor: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}

extension String {
  /// Lines end with CR LF, however they ended before.
  fileprivate var withNetworkLines: String {
    var text = self
    return text.withUTF8 { bytes in
      let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
      let lineEnds = bytes.count { $0 == lineFeed || $0 == carriageReturn }
      return String(unsafeUninitializedCapacity: bytes.count + lineEnds) { buffer in
        var end = 0
        func write(_ byte: UInt8) {
          buffer[end] = byte
          end += 1
        }
        var isAfterReturn = false
        for byte in bytes {
          if byte == carriageReturn || (byte == lineFeed && !isAfterReturn) {
            write(carriageReturn)
            write(lineFeed)
          } else if byte != lineFeed {
            write(byte)
          }
          isAfterReturn = byte == carriageReturn
        }
        return end
      }
    }
  }

  var hasControlCharacters: Bool {
    unicodeScalars.contains {
      $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}"
    }
  }
}
