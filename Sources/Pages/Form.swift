/// The fields of a posted form.
///
/// Parsed strictly, on bytes: what no browser sends is refused as a whole instead of being given a
/// meaning that nobody intended (Hummingbird's decoder answers 500 to some of it, and replaces what
/// is not UTF-8).
package struct Form: Hashable, Sendable {
  /// What no browser sends.
  package enum Malformed: Error, Hashable {
    case percentEncoding
    case notUTF8
    case controlCharacter
    case doubledField
    case tooManyFields
  }

  /// More than any of our forms has.
  package static let maximumFields = 64

  private var values: [String: String] = [:]

  package init() {}

  /// Reads `application/x-www-form-urlencoded` (URL Standard, 5.1), with the strictness above.
  package init(_ body: some Sequence<UInt8>) throws(Malformed) {
    let pairs = Array(body).split(
      separator: UInt8(ascii: "&"), omittingEmptySubsequences: true)
    guard pairs.count <= Form.maximumFields else { throw .tooManyFields }
    for pair in pairs {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Form.decode(parts.first ?? [])
      let value = try Form.decode(parts.count > 1 ? parts[1] : [])
      guard values.updateValue(value, forKey: name) == nil else { throw .doubledField }
    }
  }

  private static func decode(_ encoded: ArraySlice<UInt8>) throws(Malformed) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(encoded.count)
    var rest = encoded
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(hexadecimalValue),
          let low = rest.popFirst().flatMap(hexadecimalValue)
        else { throw .percentEncoding }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    // A tab can be pasted into a field; nothing else below the space can.
    guard !bytes.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
      throw .controlCharacter
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
    return text
  }

  private static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// A field's value; empty when it was not sent, like an unticked box.
  package subscript(_ name: String) -> String { values[name] ?? "" }
}
