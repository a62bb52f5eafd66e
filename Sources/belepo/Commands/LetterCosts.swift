internal import Domain
internal import Foundation
internal import Letters
internal import MailRelay
internal import Outbox

/// What it costs to make e-mails from their words to what the relay would be told.
struct LetterCosts {
  private let samples: MessageSamples
  private let relay: MailRelay
  /// Milliseconds that it took to lay out the brand's letters, once.
  private let preparing: Double

  /// Makes of each letter; the operating system accounts no shorter time than a microsecond.
  private static let rounds = 500

  init(_ settings: Settings) throws {
    samples = MessageSamples(settings, brand: try settings.loadBrand())
    let start = ProcessorTime.spent()
    _ = try settings.letters(of: samples.brand)
    preparing = 1000 * (ProcessorTime.spent() - start)
    relay = try MessageTransports.relay(
      settings, samples.brand, settings.publicURL, { _ in nil }, { Date() })
  }

  /// A line for all letters together, and one for each.
  func lines() async throws -> [String] {
    var lines = ["{\"millisecondsOfPreparing\":\(preparing)}"]
    for language in Language.allCases {
      for message in try samples.messages(in: language) where message.channel == .email {
        let delivery = Gateway.Delivery(
          id: Message.ID(rawValue: 0), key: message.key, kind: message.kind,
          recipient: message.recipient,
          language: language, subject: message.subject, text: message.text,
          notAfter: message.notAfter)
        var bytes = try await relay.size(of: delivery)
        let start = ProcessorTime.spent()
        for _ in 0..<Self.rounds { bytes = try await relay.size(of: delivery) }
        let cost = 1_000_000 * (ProcessorTime.spent() - start) / Double(Self.rounds)
        lines.append(
          "{\"kind\":\"\(message.kind.rawValue)\",\"language\":\"\(language.rawValue)\","
            + "\"cpuMicroseconds\":\(cost),\"bytes\":\(bytes)}")
      }
    }
    return lines
  }
}
