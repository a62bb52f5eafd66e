internal import TestSupport

/// Who may know whom (CONTRIBUTING.md#who-may-know-whom).
enum ImportRules {
  /// A module and the targets that alone may import it.
  static let keepers: [String: Set<String>] = [
    "GRDB": ["PersistenceSQLite"],
    "GRDBSQLite": ["PersistenceSQLite"],
    "CSodium": ["Cryptography"],
    "Crypto": ["OneTimePasswords"],
    "OneTimePasswords": ["Accounts"],
    "StaffSite": ["belepo"],
    "CLibpq": ["PersistencePostgres"],
    "CLibcurl": ["MailRelay"],
    "CLibidn2": ["InternationalDomains"],
    "AsyncHTTPClient": ["OutgoingHTTP", "SMSGateways"],
    "RegisterService": ["belepo"],
    "TraceExport": ["belepo"],
    "CQREncode": ["QRCodes"],
    "Mustache": ["Markup", "Pages", "Letters"],
    "PersistenceSQLite": ["belepo"],
    "PersistencePostgres": ["belepo"],
    "CustomerSite": ["belepo"],
    "SMSGateways": ["belepo"],
    "MailRelay": ["belepo"],
    "Letters": ["belepo"],
    "Prometheus": ["belepo"],
    "ArgumentParser": ["belepo"],
    "Configuration": ["belepo"],
    "Yams": ["Wording", "belepo"],
    "Hummingbird": ["Pages", "CustomerSite", "StaffSite", "belepo"],
    "HummingbirdCore": ["WebServer"],
    "HTTPTypes": ["WebServer", "Pages", "CustomerSite", "StaffSite", "belepo"],
    "TestSupport": [],
    "Testing": [],
  ]

  /// What a target may import, where the list is short enough to be given whole.
  static let allowed: [String: Set<String>] = [
    "Domain": ["FoundationEssentials"],
    "Persistence": ["FoundationEssentials", "Foundation"],
    "Traces": ["Cryptography", "Persistence", "FoundationEssentials", "Synchronization"],
    "Wording": ["Domain", "Cryptography", "Foundation", "FoundationEssentials", "Yams"],
    "RegisterImport": [
      "Domain", "InternationalDomains", "Persistence", "Foundation", "FoundationEssentials",
      "Glibc", "Cryptography", "Synchronization", "Threads",
    ],
  ]

  /// Targets, and what they must never import.
  static let banned: [String: Set<String>] = [
    "CustomerSite": ["Persistence", "PersistenceSQLite", "RegisterImport", "Cryptography"],
    "StaffSite": ["Persistence", "PersistenceSQLite", "RegisterImport", "Cryptography"],
    "Pages": ["Persistence", "PersistenceSQLite", "Accounts", "Outbox", "RegisterImport"],
    "Outbox": ["Accounts", "Pages", "PersistenceSQLite", "RegisterImport"],
    "SMSGateways": ["Persistence", "Accounts", "Pages", "Wording"],
    "MailRelay": ["Persistence", "Accounts", "Pages", "Wording"],
    "Accounts": ["Pages", "PersistenceSQLite", "RegisterImport"],
    "Cryptography": ["Domain", "Persistence", "Accounts"],
  ]

  static func faults(in file: Repository.File, _ code: SwiftCode) -> [Fault] {
    let parts = file.path.split(separator: "/")
    guard parts.count > 2, parts[0] == "Sources" else { return [] }
    let target = String(parts[1])
    var faults: [Fault] = []
    for (place, line) in code.lines.enumerated() {
      guard let match = line.prefixMatch(of: #/\s*(?:@\w+\s+)*(?:(\w+)\s+)?import\s+(\w+)/#) else {
        continue
      }
      let module = String(match.2)
      func add(_ words: String) {
        faults.append(Fault(file: file.path, line: place + 1, words: words))
      }
      if match.1 == nil { add("«import \(module)»; say internal or package") }
      if let keepers = keepers[module], !keepers.contains(target) {
        let names = keepers.sorted().joined(separator: ", ")
        add("\(target) imports \(module); only \(names.isEmpty ? "tests" : names) may")
      }
      if let allowed = allowed[target], !allowed.contains(module) {
        add("\(target) imports \(module); it may not")
      }
      if banned[target]?.contains(module) == true {
        add("\(target) imports \(module); ask a service of Accounts")
      }
    }
    return faults
  }
}
