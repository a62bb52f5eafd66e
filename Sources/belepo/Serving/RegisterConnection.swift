internal import Accounts
internal import FoundationEssentials
internal import Logging
internal import OutgoingHTTP
internal import RegisterService
internal import ServiceLifecycle

/// The way to the insurer's own register, where one is configured instead of imports.
struct RegisterConnection: Service {
  private let exchange: HTTPExchange
  private let service: HTTPRegister
  let copy: RegisterCopy

  /// Whether it has failed so often that it is asked nothing, or hardly anything.
  var isResting: Bool { service.isResting }

  /// - Returns: nil where the register is imported.
  /// - Throws: ``Failure`` when the certificate or its key cannot be used.
  init?(
    _ settings: Settings, _ logger: Logger, now: @escaping @Sendable () -> Date
  ) throws {
    guard let url = settings.text(.registerServiceURL) else { return nil }
    let identity = try Self.identity(settings)
    exchange = HTTPExchange(
      seconds: settings.seconds(.registerServiceTimeout), connections: Self.connections,
      authorities: settings.text(.authoritiesFile), identity: identity)
    service = HTTPRegister(
      exchange: exchange, base: url, tries: settings.count(.registerServiceTries),
      freshSeconds: settings.seconds(.registerServiceCache), now: now
    ) { trouble in
      switch trouble {
      case .failed(let words):
        logger.warning(
          "the register service gave no usable answer",
          metadata: ["event": "register_service_failed", "problem": "\(words)"])
      case .resting(let seconds):
        logger.critical(
          "the register service keeps failing and is asked nothing for a while",
          metadata: ["event": "register_service_rests", "seconds": "\(seconds)"])
      case .works:
        logger.notice(
          "the register service answers again", metadata: ["event": "register_service_works"])
      }
    }
    copy = RegisterCopy(
      register: service.register, freshSeconds: settings.seconds(.registerServiceCache),
      trustSeconds: settings.seconds(.registerServiceTrust))
  }

  /// At a time; as many as customers press «Tovább» within an answer's time.
  private static let connections = 32

  private static func identity(_ settings: Settings) throws -> HTTPExchange.Identity? {
    let files = [SettingKey.registerServiceCertificate, .registerServiceKey]
      .compactMap { settings.text($0) }
    guard let certificate = files.first else { return nil }
    guard files.count == 2, let key = files.last else {
      throw Failure(
        "register.service.certificateFile and register.service.keyFile belong together.",
        .configuration)
    }
    do {
      return try HTTPExchange.Identity(certificateFile: certificate, keyFile: key)
    } catch {
      throw Failure(
        "register.service.certificateFile or register.service.keyFile cannot be used: \(error)",
        .configuration)
    }
  }

  func close() async throws {
    try await exchange.close()
  }

  /// Closes the connections when everything that asks has stopped.
  func run() async throws {
    try? await gracefulShutdown()
    try await close()
  }
}
