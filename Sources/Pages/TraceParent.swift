internal import Cryptography

/// Where a request belongs in a trace (W3C Trace Context, level 1): the trace's number, and that of
/// our part in it.
struct TraceParent: Hashable, Sendable {
  /// 32 hexadecimal digits.
  let trace: String
  /// 16 hexadecimal digits.
  let span: String
  /// The caller's own part; `nil` when the trace begins here.
  let caller: String?
  let flags: String

  /// Goes on with the trace of whoever called, or begins one.
  ///
  /// What is not exactly a `traceparent` of the known version is not believed.
  ///
  /// - Parameter chooses: whether a trace that begins here is recorded, by its number; a caller has
  ///   decided that already
  init(continuing text: String?, randomBytes: RandomBytes, chooses: (String) -> Bool) {
    span = hexadecimal(randomBytes(8))
    let parts = (text ?? "").utf8.count == 55 ? (text ?? "").split(separator: "-") : []
    if parts.count == 4, parts[0] == "00",
      TraceParent.isNumber(parts[1], digits: 32), TraceParent.isNumber(parts[2], digits: 16),
      parts[3].utf8.count == 2, parts[3].utf8.allSatisfy(TraceParent.isDigit)
    {
      trace = String(parts[1])
      caller = String(parts[2])
      flags = String(parts[3])
    } else {
      trace = hexadecimal(randomBytes(16))
      caller = nil
      flags = chooses(trace) ? "01" : "00"
    }
  }

  /// Whether somebody has decided to record the trace (the flag `sampled`, the lowest bit).
  var isSampled: Bool { UInt8(flags, radix: 16).map { $0 & 1 == 1 } ?? false }

  var text: String { "00-\(trace)-\(span)-\(flags)" }

  /// A request's number that a proxy gave, such as a UUID or nginx's `$request_id`: 16 to 64
  /// hexadecimal digits and hyphens.
  ///
  /// Nobody's number is so long and has letters, so that it can be logged as it is (R8).
  static func requestNumber(_ text: String?) -> String? {
    guard let text, (16...64).contains(text.utf8.count) else { return nil }
    var hasLetter = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
        hasLetter = true
      default: return nil
      }
    }
    return hasLetter ? text : nil
  }

  /// Zeros alone stand for no number.
  private static func isNumber(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy(isDigit)
      && text.utf8.contains { $0 != UInt8(ascii: "0") }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
      || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
  }
}
