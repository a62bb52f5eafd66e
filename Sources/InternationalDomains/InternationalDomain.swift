internal import CLibidn2

/// Turns a domain as people write it into the form used for mail, and back (IDNA 2008).
///
/// Only the letters of Hungarian and of its neighbours are accepted, each as a single character: a
/// look-alike of another alphabet makes another domain, which somebody else may own (attack 30).
package enum InternationalDomain {
  /// Why a domain is not accepted.
  package enum Refusal: Error, Equatable {
    /// It contains a character that is not one of these.
    case letters
    /// No domain can be written like this.
    case form
  }

  /// The domain in ASCII: `példa.hu` becomes `xn--plda-bpa.hu`.
  package static func ascii(_ written: String) throws(Refusal) -> String {
    guard written.allSatisfy(isOurs) else { throw .letters }
    guard let ascii = convert(written, idn2_to_ascii_8z) else { throw .form }
    return ascii
  }

  /// The domain for people to read: with its letters if all of them are ours, else unchanged.
  package static func shown(_ domain: String) -> String {
    let ascii = String(decoding: domain.utf8.map(lowerCased), as: UTF8.self)
    guard ascii.utf8.split(separator: UInt8(ascii: ".")).contains(where: isEncoded),
      let readable = convert(ascii, idn2_to_unicode_8z8z), readable.allSatisfy(isOurs),
      // What is shown must lead to the same domain when somebody types it.
      (try? Self.ascii(readable)) == ascii
    else { return domain }
    return readable
  }

  private static func isEncoded(_ label: Substring.UTF8View) -> Bool {
    label.starts(with: "xn--".utf8)
  }

  private static func lowerCased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  /// Accents may be separate from their letters, as some systems write them. The Kelvin sign equals
  /// a plain K and is refused all the same.
  private static func isOurs(_ character: Character) -> Bool {
    if let byte = character.utf8.first, character.utf8.count == 1 {
      return plain.contains(byte)
    }
    return accented.contains(character)
  }

  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.".utf8)

  private static let accented: Set<Character> = {
    let hungarian = "áéíóöőúüű"
    let austrian = "äß"
    let slovak = "čďĺľňôŕšťýž"
    let romanian = "ăâîșț"
    // Croatian, Slovene and Serbian in Latin letters.
    let southern = "ćđ"
    let small = hungarian + austrian + slovak + romanian + southern
    // A capital ß would be written as two letters.
    return Set(small + small.filter { $0 != "ß" }.uppercased())
  }()

  private typealias Conversion = (
    UnsafePointer<CChar>?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, Int32
  ) -> Int32

  private static func convert(_ domain: String, _ conversion: Conversion) -> String? {
    let flags =
      IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue
      | IDN2_USE_STD3_ASCII_RULES.rawValue
    var converted: UnsafeMutablePointer<CChar>?
    let status = conversion(domain, &converted, Int32(flags))
    defer { idn2_free(converted) }
    guard status == IDN2_OK.rawValue, let converted else { return nil }
    return String(validatingCString: converted)
  }
}
