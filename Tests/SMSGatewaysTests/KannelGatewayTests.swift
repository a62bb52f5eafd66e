import Domain
import Foundation
import Outbox
import TestSupport
import Testing

@testable import SMSGateways

/// What Kannel and other providers are asked, letter for letter.
struct KannelGatewayTests {
  private let now = ManualClock.morning

  private func delivery(
    to recipient: String = "+36301234567", text: String = "Kód: 482135\n\n@portal.hu #82135",
    kind: Message.Kind = .smsCode, living seconds: Double = 599
  ) -> Gateway.Delivery {
    Gateway.Delivery(
      id: 42, key: "sms-code/1/1", kind: kind, recipient: recipient, language: .hungarian,
      subject: "", text: text, notAfter: now.addingTimeInterval(seconds))
  }

  private func query(
    _ delivery: Gateway.Delivery, url: String = "http://127.0.0.1:13013/cgi-bin/sendsms",
    from: String? = "Pelda", reports: Bool = false
  ) throws -> [String: String] {
    let access = KannelGateway.Access(url: url, username: "u&1", password: "p=ü ", from: from)
    let report = reports ? "http://127.0.0.1:9090/receipts/sms/42/abc" : nil
    let components = try #require(
      URLComponents(
        string: access.address(of: try SMS(delivery, at: now), reportingTo: report)))
    return Dictionary(
      try #require(components.queryItems).map { ($0.name, $0.value ?? "") }
    ) { $0 + "," + $1 }
  }

  @Test func `a message is told to Kannel in full`() throws {
    #expect(
      try query(delivery()) == [
        "username": "u&1", "password": "p=ü ", "from": "Pelda", "to": "+36301234567",
        "text": "Kód: 482135\n\n@portal.hu #82135", "charset": "UTF-8", "coding": "2",
        "validity": "9", "priority": "3",
      ])
  }

  @Test(arguments: [("Kod", "0"), ("Köd €", "0"), ("Kód", "2"), ("📱", "2")])
  func `the coding is the text's own`(text: String, coding: String) throws {
    #expect(try query(delivery(text: text))["coding"] == coding)
  }

  @Test(arguments: [(59.0, "1"), (60, "1"), (119, "1"), (600, "10"), (86_400, "1440")])
  func `a message is valid for no longer than it is of use, in whole minutes`(
    seconds: Double, minutes: String
  ) throws {
    #expect(try query(delivery(living: seconds))["validity"] == minutes)
  }

  @Test func `reports are asked for where they can be heard`() throws {
    let asked = try query(delivery(), reports: true)
    #expect(asked["dlr-mask"] == "31")
    #expect(asked["dlr-url"] == "http://127.0.0.1:9090/receipts/sms/42/abc?state=%d")
    #expect(try query(delivery())["dlr-mask"] == nil)
  }

  @Test func `an address with a query of its own keeps it`() throws {
    let asked = try query(delivery(), url: "http://gw/send?smsc=a", from: nil)
    #expect(asked["smsc"] == "a")
    #expect(asked["from"] == nil)
    #expect(asked["to"] == "+36301234567")
  }

  @Test func `nothing in a text becomes another field`() throws {
    let asked = try query(delivery(text: "a&to=+3670&text=b#c?d%26"))
    #expect(asked["to"] == "+36301234567")
    #expect(asked["text"] == "a&to=+3670&text=b#c?d%26")
  }

  @Test(arguments: [
    "", "+36301234567,+36701111111", "+36301234567\r\nX: y", "36301234567", "06301234567",
    "anna@pelda.hu", "+36 30 123 4567",
  ])
  func `a recipient that is no number of the register is refused for good`(
    recipient: String
  ) {
    #expect(throws: Gateway.Refusal.permanent("the recipient is no telephone number")) {
      try SMS(delivery(to: recipient), at: now)
    }
  }

  @Test(arguments: ["", "a\rb", "a\r\nb", "a\u{0}b", "a\u{1B}[31m"])
  func `a text with control characters is refused for good`(text: String) {
    #expect(throws: Gateway.Refusal.permanent("the text is no text of an SMS")) {
      try SMS(delivery(text: text), at: now)
    }
  }
}
