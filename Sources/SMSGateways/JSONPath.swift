internal import Foundation

/// What a JSON answer must contain to mean success, such as `messages.0.status=accepted`.
struct JSONPath: Sendable {
  private let steps: [String]
  private let expected: String

  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  init(_ text: String) throws(Invalid) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, let path = sides.first, let value = sides.last, !path.isEmpty else {
      throw Invalid(description: "must be written like status=accepted")
    }
    steps = path.split(separator: ".").map(String.init)
    expected = String(value)
  }

  func holds(in bytes: [UInt8]) -> Bool {
    guard let whole = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
      return false
    }
    return steps.reduce(whole) { $0?[$1] }?.text == expected
  }
}

/// Any JSON, read to look something up.
private enum JSONValue: Decodable {
  case object([String: JSONValue])
  case array([JSONValue])
  case text(String)
  case null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let object = try? container.decode([String: JSONValue].self) {
      self = .object(object)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let truth = try? container.decode(Bool.self) {
      self = .text(truth ? "true" : "false")
    } else if let whole = try? container.decode(Int64.self) {
      self = .text(String(whole))
    } else if let number = try? container.decode(Double.self) {
      self = .text(String(number))
    } else {
      self = .null
    }
  }

  subscript(_ step: String) -> JSONValue? {
    switch self {
    case .object(let object): return object[step]
    case .array(let array):
      guard let place = Int(step), array.indices.contains(place) else { return nil }
      return array[place]
    case .text, .null: return nil
    }
  }

  var text: String? {
    if case .text(let text) = self { text } else { nil }
  }
}
