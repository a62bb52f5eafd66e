internal import Accounts
internal import Cryptography
internal import CustomerSite
internal import Domain
internal import Logging
internal import Pages
package import Wording

/// What the stages share because it takes long to make and nothing changes it.
package enum Props {
  package static let brand = Result { try Brand.load(directory: nil) }

  /// The cheapest hash that libsodium knows, and room for every test at once.
  static func passwords(_ policy: PasswordPolicy) throws -> Passwords {
    switch policy {
    case .insurer: try insurer.get()
    case .modern: try modern.get()
    }
  }

  private static let insurer = Result { try makePasswords(.insurer) }
  private static let modern = Result { try makePasswords(.modern) }

  /// Many stories at once bring two hundred each, and all of them wait here.
  private static let room = 100_000

  private static func makePasswords(_ policy: PasswordPolicy) throws -> Passwords {
    try Passwords(
      policy: policy, contextWords: try brand.get().passwordContextWords,
      argon2id: Argon2id(memoryKiB: 8, passes: 1), queue: HashingQueue(width: 2, length: room))
  }

  /// The pages with the operator's usual key.
  static func site(isDemo: Bool) throws -> Site {
    try (isDemo ? demoSite : site).get()
  }

  private static let site = Result { try makeSite(isDemo: false) }
  private static let demoSite = Result { try makeSite(isDemo: true) }

  private static func makeSite(isDemo: Bool) throws -> Site {
    try Site(
      brand: try brand.get(), isDemo: isDemo, keys: try SecretKeys([Stage.key]),
      templateFolders: [CustomerSite.templates], randomBytes: SeededBytes(seed: 0).source)
  }

  /// What goes wrong is what the tests are about; they say it themselves.
  static let logger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()
}
