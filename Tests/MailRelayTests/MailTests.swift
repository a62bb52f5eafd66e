import Domain
import Foundation
import Outbox
import TestSupport
import Testing

@testable import MailRelay

/// An e-mail's headers and parts, as the relay is told of them (attack 77).
struct MailTests {
  private func mail(
    subject: String = "Példa Biztosító: e-mail-cím megerősítése", key: String = "email-code/1/ab",
    name: String = "Példa Biztosító", replyTo: String? = nil, text: String = "Egy\nkettő",
    attachment: MailRelay.Attachment? = nil, picture: MailRelay.Picture? = nil
  ) throws -> Mail {
    let delivery = Gateway.Delivery(
      id: 1, key: key, kind: .emailCode, recipient: "anna@pelda.hu", language: .hungarian,
      subject: subject, text: text, notAfter: ManualClock.morning)
    return Mail(
      delivery, to: try EmailAddress("anna@pelda.hu"),
      from: .init(name: name, address: "portal@biztosito.example", replyTo: replyTo),
      content: .init(text: text, html: "<p>\(text)</p>", attachment: attachment, picture: picture),
      at: ManualClock.morning)
  }

  private func header(_ name: String, _ mail: Mail) -> String? {
    mail.headers.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
  }

  /// What a mail program makes of encoded words.
  private func decoded(_ text: String) -> String {
    text.components(separatedBy: "\r\n ").map { word in
      guard word.hasPrefix("=?UTF-8?B?"), word.hasSuffix("?="),
        let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))
      else { return word }
      return String(decoding: data, as: UTF8.self)
    }.joined()
  }

  @Test func `the headers are these and no others`() throws {
    let names = try mail(replyTo: "kerdes@biztosito.example").headers.map {
      String($0.prefix { $0 != ":" })
    }
    #expect(
      names == [
        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Language", "Auto-Submitted", "Reply-To",
      ])
  }

  @Test func `a letter with a file is of two kinds of parts`() throws {
    let file = MailRelay.Attachment(name: "a.pdf", mediaType: "application/pdf", bytes: [1])
    #expect(header("Content-Type", try mail()) == "multipart/alternative")
    #expect(header("Content-Type", try mail(attachment: file)) == "multipart/mixed")
  }

  @Test func `a picture that the letter shows makes it no letter with a file`() throws {
    let picture = MailRelay.Picture(
      contentID: "logo.1@belepo",
      file: MailRelay.Attachment(name: "logo.png", mediaType: "image/png", bytes: [1]))
    let mail = try mail(picture: picture)
    #expect(header("Content-Type", mail) == "multipart/alternative")
    #expect(mail.picture == picture && mail.attachment == nil)
  }

  @Test func `the same message has the same identity at each try, and another has another`() throws
  {
    let identity = try #require(header("Message-ID", try mail()))
    #expect(identity.hasSuffix("@biztosito.example>"))
    #expect(header("Message-ID", try mail()) == identity)
    #expect(header("Message-ID", try mail(key: "email-code/1/ac")) != identity)
  }

  @Test(arguments: [
    "Plain subject", "Példa Biztosító: e-mail-cím megerősítése", "=?UTF-8?Q?x?=",
    String(repeating: "ő", count: 200), String(repeating: "a", count: 200), "📱🇭🇺 kód", "",
  ])
  func `a subject is read as it was written, on lines that are short enough`(subject: String) throws
  {
    let header = try #require(header("Subject", try mail(subject: subject)))
    #expect(decoded(header) == subject)
    for line in "Subject: \(header)".components(separatedBy: "\r\n") {
      #expect(line.utf8.count <= 76)
      #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }
  }

  @Test func `the sender's name is encoded where it must be`() throws {
    #expect(header("From", try mail(name: "Minta Kft")) == "Minta Kft <portal@biztosito.example>")
    let from = try #require(header("From", try mail(name: "Példa, \"X\" <a@b>")))
    let name = try #require(from.components(separatedBy: " <portal").first)
    #expect(decoded(name) == "Példa, \"X\" <a@b>")
  }

  @Test(arguments: [
    (0.0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 +0000"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
    (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 +0000"),
  ])
  func `a date is RFC 5322's`(seconds: Double, text: String) {
    #expect(MailDate.text(of: Date(timeIntervalSince1970: seconds)) == text)
  }

  @Test(arguments: ["a\nb", "a\r\nb", "a\rb"])
  func `lines end with CR LF, however they were written`(text: String) throws {
    #expect(try mail(text: text).text == "a\r\nb")
  }

  // MARK: Answers

  private func refusal(
    _ code: Int, after commands: [String], letterSent: Bool = false, failure: String? = "failed"
  ) -> Gateway.Refusal? {
    let trace = SMTPTrace()
    for command in commands { trace.hear(command: command) }
    if letterSent { trace.hearLetter("…--\r\n") }
    if code > 0 { trace.hear(answer: "\(code) so it is\r\n") }
    // libcurl takes its leave, and the relay answers that too.
    trace.hear(command: "QUIT")
    trace.hear(answer: "221 Bye\r\n")
    do throws(Gateway.Refusal) {
      try SMTPResult(failure: failure, trace: trace).check()
      return nil
    } catch { return error }
  }

  private enum Kind { case temporary, permanent, unknown }

  private func kind(_ refusal: Gateway.Refusal?) -> Kind? {
    switch refusal {
    case nil: nil
    case .temporary: .temporary
    case .permanent: .permanent
    case .unknown: .unknown
    }
  }

  @Test func `a letter that was taken is no refusal`() {
    #expect(refusal(250, after: ["DATA"], letterSent: true, failure: nil) == nil)
  }

  @Test func `what the relay says of recipient and letter is final, or it is not`() {
    #expect(kind(refusal(550, after: ["EHLO", "MAIL", "RCPT"])) == .permanent)
    #expect(kind(refusal(554, after: ["DATA"], letterSent: true)) == .permanent)
    #expect(kind(refusal(450, after: ["RCPT"])) == .temporary)
    #expect(kind(refusal(451, after: ["DATA"], letterSent: true)) == .temporary)
  }

  @Test func `what it says of us is mended by somebody, so that the letter waits`() {
    #expect(kind(refusal(554, after: [])) == .temporary)
    #expect(kind(refusal(535, after: ["EHLO", "AUTH"])) == .temporary)
    #expect(kind(refusal(550, after: ["EHLO", "MAIL"])) == .temporary)
    #expect(kind(refusal(0, after: [])) == .temporary)
    #expect(kind(refusal(220, after: ["EHLO", "STAR"])) == .temporary)
  }

  @Test(
    arguments: [
      (
        "550 5.1.1 <anna@pelda.hu>: Recipient address rejected", "RCPT",
        .permanent("SMTP 550 5.1.1 to the recipient")
      ),
      ("550-5.1.1 anna@pelda.hu\r\n", "RCPT", .permanent("SMTP 550 5.1.1 to the recipient")),
      ("550 anna@pelda.hu", "RCPT", .permanent("SMTP 550 to the recipient")),
      ("550 1.2.3@pelda.hu", "RCPT", .permanent("SMTP 550 to the recipient")),
      ("554 5.7.1 «A kódja 482135» is spam", "DATA", .permanent("SMTP 554 5.7.1 to the letter")),
      (
        "451 4.7.1 Greylisted: anna@pelda.hu", "RCPT", .temporary("SMTP 451 4.7.1 to the recipient")
      ),
      ("535 5.7.8 who is belepo", "AUTH", .temporary("SMTP 535 5.7.8 to the login")),
      ("535 5.7.8 who is belepo", "AHRp", .temporary("SMTP 535 5.7.8")),
      ("553 5.1.8 portal@pelda.hu", "MAIL", .temporary("SMTP 553 5.1.8 to our sender")),
      ("250 2.1.5 anna@pelda.hu", "RCPT", .temporary("lost; last heard: SMTP 250 2.1.5")),
      ("anna@pelda.hu", "RCPT", .temporary("lost")),
    ] as [(String, String, Gateway.Refusal)])
  func `of what the relay says only the numbers are kept, as its words name the recipient`(
    answer: String, command: String, refusal: Gateway.Refusal
  ) {
    let trace = SMTPTrace()
    trace.hear(command: command)
    trace.hear(answer: answer)
    #expect(throws: refusal) { try SMTPResult(failure: "lost", trace: trace).check() }
  }

  @Test func `a letter without an answer may have been taken`() {
    #expect(kind(refusal(354, after: ["DATA"], letterSent: true)) == .unknown)
    #expect(kind(refusal(354, after: ["DATA"], letterSent: false)) == .temporary)
  }
}
