package import Domain
package import FoundationEssentials
package import Persistence
package import Wording

/// Where the contracts are kept as files.
package struct ContractShelf: Sendable {
  private let brand: Brand
  private let declaredTexts: DeclaredTexts
  private let store: any Store
  private let now: @Sendable () -> Date

  package init(brand: Brand, store: any Store, now: @escaping @Sendable () -> Date) {
    self.brand = brand
    declaredTexts = DeclaredTexts(brand: brand)
    self.store = store
    self.now = now
  }

  /// Keeps the files that came with the brand, once for each version.
  ///
  /// - Returns: the languages whose contract has no file.
  package func adoptFiles() async throws -> [Language] {
    let now = now()
    return try await store.write { transaction in
      try Language.allCases.filter { language in
        let version = declaredTexts.version(of: .contract, in: language)
        if try transaction.declaredFile(of: .contract, version: version) != nil { return false }
        guard let bytes = brand.contractFile(in: language) else { return true }
        _ = try transaction.keep(
          Contracts.File(bytes: bytes), of: .contract, version: version, at: now)
        return false
      }
    }
  }

  /// The file of a version; `nil` when it was not rendered yet.
  ///
  /// - Throws: ``DamagedFile`` when it is not what was kept, which is handed to nobody.
  package func file(version: String) async throws -> Contracts.File? {
    try await store.read { try $0.soundFile(of: .contract, version: version) }
  }

  /// The contracts that an operator should have rendered: those of the brand and those that were
  /// accepted, as far as they have no file.
  package func withoutFile() async throws -> [DeclaredText] {
    try await store.read { transaction in
      var missing = try transaction.contractsWithoutFile()
      for language in Language.allCases {
        let version = declaredTexts.version(of: .contract, in: language)
        let answer = Declaration(kind: .contract, isAccepted: true, version: version)
        guard let text = declaredTexts.text(of: answer),
          !missing.contains(where: { $0.version == version }),
          try transaction.declaredFile(of: .contract, version: version) == nil
        else { continue }
        missing.append(text)
      }
      return missing
    }
  }

  /// Keeps a rendered file.
  ///
  /// - Returns: whether there was none before.
  package func keep(_ file: Contracts.File, version: String) async throws -> Bool {
    let now = now()
    return try await store.write {
      try $0.keep(file, of: .contract, version: version, at: now)
    }
  }
}
