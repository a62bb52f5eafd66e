internal import ArgumentParser
internal import Cryptography
internal import Domain
internal import Foundation
internal import Letters
internal import Outbox
internal import OutgoingHTTP
internal import Persistence
internal import SMSGateways
internal import Wording

extension Messages {
  struct Preview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show every message as a customer would get it, with made-up values.",
      discussion: "Example: belepo messages preview --kind email_code --language hu --html")

    @Option(help: "Only of this kind, such as sms_code.") var kind: Message.Kind?
    @Option(help: "hu or en; both without it.") var language: Language?
    @Flag(help: "The HTML part of an e-mail instead of its text.") var html = false
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load()
        let samples = MessageSamples(settings, brand: try settings.loadBrand())
        let letters = try settings.letters(of: samples.brand)
        let messages = try (language.map { [$0] } ?? Language.allCases)
          .flatMap { try samples.messages(in: $0) }
          .filter { (kind ?? $0.kind) == $0.kind && (!html || $0.channel == .email) }
        guard !messages.isEmpty else {
          throw Failure("There is no such message: an SMS has no HTML part.", .usage)
        }
        for message in messages {
          StandardOutput.write(
            html
              ? samples.html(of: message, by: letters)
              : samples.text(of: message, by: letters))
        }
      }
    }
  }

  struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell how texts travel as SMS, or what letters cost to make.",
      discussion: """
        Reads a JSON string a line and writes an object a line: the text as an SMS. With \
        --letters it reads nothing, and writes the CPU time of each e-mail.
        """)

    @Flag(help: "Make every e-mail, and tell what it costs.") var letters = false
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        if letters {
          let costs = try LetterCosts(try await configuration.load())
          for line in try await costs.lines() { StandardOutput.write(line + "\n") }
          return
        }
        let decoder = JSONDecoder()
        while let line = readLine() {
          guard let text = try? decoder.decode(String.self, from: Data(line.utf8)) else {
            throw Failure("A line is no string in JSON.", .badData)
          }
          let sms = SMSText(text)
          let septets =
            GSM7.encode(text).map { ",\"septets\":\"\(hexadecimal($0))\"" } ?? ""
          StandardOutput.write(
            "{\"encoding\":\"\(sms.encoding.rawValue)\",\"units\":\(sms.units),"
              + "\"segments\":\(sms.segments)\(septets)}\n")
        }
      }
    }
  }

  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send a test message to yourself, past the queue, by the configured way out.",
      discussion: "Exit code 0: the gateway has taken it; 69: not now; 1: it never will.")

    @Option(help: "A mobile number or an e-mail address.") var to: String
    @Option(help: "hu or en.") var language = Language.hungarian
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
      try await reporting {
        let settings = try await configuration.load(isServing: true)
        let samples = MessageSamples(settings, brand: try settings.loadBrand())
        let delivery = try samples.test(to: to, in: language, at: Date())
        let transports = try MessageTransports(
          settings: settings, brand: samples.brand, reportAddress: { _ in nil },
          portal: settings.publicURL, contractFile: { _ in nil }, now: { Date() })
        let route = delivery.subject.isEmpty ? transports.routes.sms : transports.routes.email
        var failure: Failure?
        for gateway in route.gateways {
          do throws(Gateway.Refusal) {
            try await gateway.send(delivery)
            StandardOutput.write("\(gateway.name): taken\n")
          } catch {
            let (words, status) = error.told
            StandardError.write("\(gateway.name): \(words)\n")
            failure = Failure("The test message was not taken.", status)
          }
        }
        try await transports.connections?.exchange.close()
        if let failure { throw failure }
      }
    }
  }
}

extension Language: ExpressibleByArgument {}

extension Gateway.Refusal {
  fileprivate var told: (String, ExitStatus) {
    switch self {
    case .temporary(let problem, _): ("not now: \(problem)", .unavailable)
    case .permanent(let problem): ("refused: \(problem)", .failed)
    case .unknown(let problem): ("nobody knows whether it was taken: \(problem)", .unavailable)
    }
  }
}
