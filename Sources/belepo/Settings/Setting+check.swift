internal import Cryptography
internal import Domain
internal import Foundation
internal import NIOCore
internal import Pages
internal import PersistencePostgres

extension Setting.Form {
  /// What is wrong with a value, in a sentence, or `nil`.
  func problem(with value: String) -> String? {
    switch self {
    case .text: value.isEmpty ? "must not be empty" : nil
    case .port: Setting.number(value, in: 0...65_535) == nil ? "is not a port number" : nil
    case .url: Setting.url(value) == nil ? "is not an http or https address" : nil
    case .file:
      FileManager.default.isReadableFile(atPath: value) ? nil : "is no file that can be read"
    case .address: (try? EmailAddress(value)) == nil ? "is not an e-mail address" : nil
    case .database:
      Setting.sqlitePath(value) == nil ? Setting.postgresProblem(value) : nil
    case .keys: keysProblem(value)
    case .choice(let words):
      words.contains(value) ? nil : "must be one of \(words.joined(separator: ", "))"
    case .count(let range):
      Setting.number(value, in: range) == nil
        ? "must be a whole number from \(range.lowerBound) to \(range.upperBound)" : nil
    case .duration(let range):
      Setting.seconds(value, in: range) == nil
        ? "must be a time from \(range.lowerBound)s to \(range.upperBound)s, such as 90s, 10m, 24h"
        : nil
    case .addresses:
      Setting.addresses(value).isEmpty
        ? "must list IP addresses, separated by commas" : nil
    case .paths:
      ReturnPlaces.prefixes(value).isEmpty
        ? "must list paths that begin and end with a slash, separated by commas" : nil
    case .prefixes:
      Setting.prefixes(value).isEmpty
        ? "must list prefixes of two digits, separated by commas" : nil
    }
  }

  private func keysProblem(_ value: String) -> String? {
    do {
      _ = try SecretKeys(list: value)
      return nil
    } catch {
      switch error {
      case .notBase64: return "is not base64"
      case .tooShort(let bytes):
        return "has a key of \(bytes) bytes; \(SecretKeys.minimumBytes) are needed"
      }
    }
  }
}

extension Setting {
  static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
    guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
      let number = Int(text), range.contains(number)
    else { return nil }
    return number
  }

  static func seconds(_ text: String, in range: ClosedRange<Int>) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }),
      let count = number(String(text.dropLast()), in: 0...1_000_000_000)
    else { return nil }
    let seconds = count * unit
    return range.contains(seconds) ? seconds : nil
  }

  static func url(_ text: String) -> URL? {
    guard let url = URL(string: text), url.scheme == "http" || url.scheme == "https",
      let host = url.host, !host.isEmpty
    else { return nil }
    return url
  }

  static func sqlitePath(_ text: String) -> String? {
    guard text.hasPrefix("sqlite:") else { return nil }
    let path = String(text.dropFirst("sqlite:".count))
    return path.isEmpty ? nil : path
  }

  /// What is wrong with a PostgreSQL URL, in a sentence, or `nil`.
  static func postgresProblem(_ text: String) -> String? {
    guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else {
      return "must begin with sqlite: or postgresql://"
    }
    return PostgresSettings.problem(withURL: text)
      .map { "is no address of PostgreSQL (\($0))" }
  }

  static func addresses(_ text: String) -> [String] {
    let addresses = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let areGood = addresses.allSatisfy { (try? SocketAddress(ipAddress: $0, port: 0)) != nil }
    return areGood ? addresses : []
  }

  static func prefixes(_ text: String) -> [String] {
    let prefixes = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let areDigits = prefixes.allSatisfy { number($0, in: 10...99) != nil && $0.utf8.count == 2 }
    return areDigits ? prefixes : []
  }
}
