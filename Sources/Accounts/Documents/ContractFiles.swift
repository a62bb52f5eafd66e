package import Domain
package import FoundationEssentials
package import Persistence
internal import Synchronization
package import Wording

/// Where the contracts are kept as files.
package struct ContractFiles: Sendable {
  private let brand: Brand
  private let declaredTexts: DeclaredTexts
  private let store: any Store
  private let now: @Sendable () -> Date
  private let read = ReadFiles()

  /// Files that were read and are as they were stored; they never change (D 6). Each of the few
  /// versions that are accepted at a time goes out with thousands of letters.
  private final class ReadFiles: Sendable {
    private static let most = 8
    private let files = Mutex<[String: Contracts.File]>([:])

    subscript(version: String) -> Contracts.File? { files.withLock { $0[version] } }

    func add(_ file: Contracts.File, version: String) {
      files.withLock { files in
        if files.count >= Self.most { files.removeAll() }
        files[version] = file
      }
    }
  }

  package init(brand: Brand, store: any Store, now: @escaping @Sendable () -> Date) {
    self.brand = brand
    declaredTexts = DeclaredTexts(brand: brand)
    self.store = store
    self.now = now
  }

  /// Stores the files that came with the brand, once for each version.
  ///
  /// - Returns: the languages whose contract has no file.
  package func adoptFiles() async throws -> [Language] {
    let now = now()
    return try await store.write { transaction in
      try Language.allCases.filter { language in
        let version = declaredTexts.version(of: .contract, in: language)
        if try transaction.contracts.file(of: .contract, version: version) != nil { return false }
        guard let bytes = brand.contractFile(in: language) else { return true }
        _ = try transaction.contracts.keep(
          Contracts.File(bytes: bytes), of: .contract, version: version, at: now)
        return false
      }
    }
  }

  /// The file of a version; `nil` when it has not been rendered yet.
  ///
  /// - Throws: ``DamagedFile`` when it is not what was stored; nobody gets such a file.
  package func file(version: String) async throws -> Contracts.File? {
    if let file = read[version] { return file }
    let file = try await store.read(.oneStatement) {
      try $0.contracts.soundFile(of: .contract, version: version)
    }
    if let file { read.add(file, version: version) }
    return file
  }

  /// The contracts that an operator should render: those of the brand and those that were accepted,
  /// if they have no file.
  package func withoutFile() async throws -> [DeclaredText] {
    try await store.read { transaction in
      var missing = try transaction.contracts.withoutFile()
      for language in Language.allCases {
        let version = declaredTexts.version(of: .contract, in: language)
        let answer = Declaration(kind: .contract, isAccepted: true, version: version)
        guard let text = declaredTexts.text(of: answer),
          !missing.contains(where: { $0.version == version }),
          try transaction.contracts.file(of: .contract, version: version) == nil
        else { continue }
        missing.append(text)
      }
      return missing
    }
  }

  /// Stores a rendered file.
  ///
  /// - Returns: whether there was none before.
  package func keep(_ file: Contracts.File, version: String) async throws -> Bool {
    let now = now()
    return try await store.write {
      try $0.contracts.keep(file, of: .contract, version: version, at: now)
    }
  }
}
