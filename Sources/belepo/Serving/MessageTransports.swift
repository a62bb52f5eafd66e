internal import Accounts
internal import Domain
internal import Foundation
internal import Letters
internal import MailRelay
internal import Outbox
internal import OutgoingHTTP
internal import SMSGateways
internal import ServiceLifecycle
internal import Wording

/// The gateways and the mail relay, as configured.
struct MessageTransports {
  let routes: Routes
  /// What must be closed after the last message; nothing in the demo.
  let connections: GatewayConnections?

  init(routes: Routes, connections: GatewayConnections?) {
    self.routes = routes
    self.connections = connections
  }

  /// Finds the file of a contract that is attached to a letter.
  typealias ContractFile = @Sendable (_ version: String) async throws -> Contracts.File?

  init(
    settings: Settings, brand: Brand, reportAddress: @escaping ReportAddress, portal: URL,
    contractFile: @escaping ContractFile, now: @escaping @Sendable () -> Date
  ) throws {
    let relay = try MessageTransports.relay(settings, brand, portal, contractFile, now)
    let manner = settings.smsGateways.contains("http") ? try settings.httpManner : nil
    // Nothing may throw from here on: the holder of the connections must close them.
    let exchange = HTTPExchange(
      seconds: settings.seconds(.smsTimeout), connections: settings.count(.smsConcurrency),
      authorities: settings.text(.authoritiesFile))
    let kannel = KannelGateway(
      access: settings.kannelAccess, exchange: exchange, reportAddress: reportAddress, now: now)
    let provider = manner.map {
      HTTPGateway(manner: $0, exchange: exchange, reportAddress: reportAddress, now: now)
    }
    let gateways = settings.smsGateways.compactMap { name in
      name == "kannel" ? kannel.gateway : provider?.gateway
    }
    let sms = Route(
      gateways, concurrency: settings.count(.smsConcurrency), rate: settings.count(.smsRate),
      seconds: settings.seconds(.smsTimeout))
    let email = Route(
      [relay.gateway], concurrency: settings.count(.mailConcurrency),
      rate: settings.count(.mailRate), seconds: settings.seconds(.mailTimeout))
    self.init(
      routes: Routes(sms: sms, email: email), connections: GatewayConnections(exchange: exchange))
  }

  /// The way of letters: laid out, and handed to the operator's relay.
  static func relay(
    _ settings: Settings, _ brand: Brand, _ portal: URL, _ contractFile: @escaping ContractFile,
    _ now: @escaping @Sendable () -> Date
  ) throws -> MailRelay {
    let letters = try Letters(
      brand: brand, folder: settings.text(.brandDirectory), portal: portal.absoluteString)
    let picture = letters.logo.map { logo in
      MailRelay.Picture(
        contentID: logo.contentID,
        file: MailRelay.Attachment(name: "logo.png", mediaType: "image/png", bytes: logo.bytes))
    }
    return MailRelay(
      access: settings.mailAccess(ownHost: portal.host ?? "localhost"),
      sender: MailRelay.Sender(
        name: brand.facts.insurerName, address: settings.text(.mailFrom) ?? "",
        replyTo: settings.text(.mailReplyTo)),
      now: now
    ) { delivery throws(Gateway.Refusal) in
      MailRelay.Content(
        text: letters.plainText(delivery.text, language: delivery.language),
        html: letters.html(
          subject: delivery.subject, text: delivery.text, language: delivery.language),
        attachment: try await attachment(of: delivery, contractFile), picture: picture)
    }
  }

  private static func attachment(
    of delivery: Gateway.Delivery, _ contractFile: ContractFile
  ) async throws(Gateway.Refusal) -> MailRelay.Attachment? {
    guard let version = delivery.contractVersion else { return nil }
    do {
      // Without a file the letter is sent all the same: it contains every word of the contract.
      return try await contractFile(version).map {
        MailRelay.Attachment(
          name: "portalszerzodes.pdf", mediaType: "application/pdf", bytes: $0.bytes)
      }
    } catch let damage as DamagedFile {
      throw .permanent("\(damage)")
    } catch {
      throw .temporary("the contract's file cannot be read: \(error)")
    }
  }
}

/// Closes the connections to gateways when everything that uses them has stopped.
struct GatewayConnections: Service {
  let exchange: HTTPExchange

  func run() async throws {
    try? await gracefulShutdown()
    try await exchange.close()
  }
}
