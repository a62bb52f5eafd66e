/// A telephone number from the insurer's register, however written.
///
/// The register holds what was typed over decades: landlines and foreign numbers are kept too, so
/// that canonical forms are always compared with what a customer types.
package struct PhoneNumber: Hashable, Sendable, Masked {
  /// The number of digits an international number can have, by E.164 and by experience.
  package static let foreignLengths = 8...15

  /// The canonical form: a plus sign, the country code, the number.
  package let e164: String

  package init(_ written: String) throws(Invalid) {
    guard written.utf8.count <= WrittenPhoneNumber.longest else { throw .length }
    switch try Self.read(written) {
    case .hungarian(let national):
      guard Self.isHungarian(national) else { throw .length }
      e164 = "+36" + String(decoding: national, as: UTF8.self)
    case .foreign(let digits):
      guard Self.foreignLengths.contains(digits.count), digits.first != 0x30 else {
        throw .length
      }
      e164 = "+" + String(decoding: digits, as: UTF8.self)
    case .bare(let digits):
      guard Self.isUnmistakable(digits) else { throw .length }
      e164 = "+36" + String(decoding: digits, as: UTF8.self)
    case .subscriber:
      throw .length
    }
  }

  /// Whether it could be texted, if its prefix were accepted.
  package var isHungarianMobile: Bool {
    e164.hasPrefix("+36") && Self.isMobile(e164.utf8.dropFirst(3))
  }

  /// «06 20 ••• ••67», as Hungarians write it; other numbers show their last two digits only.
  package var masked: String {
    guard isHungarianMobile else { return "•••• \(e164.suffix(2))" }
    return "06 \(e164.dropFirst(3).prefix(2)) ••• ••\(e164.suffix(2))"
  }

  private static func read(_ written: String) throws(Invalid) -> WrittenPhoneNumber {
    do throws(WrittenPhoneNumber.Problem) {
      return try WrittenPhoneNumber(written)
    } catch {
      switch error {
      case .empty: throw .empty
      case .characters: throw .characters
      }
    }
  }

  private static func isHungarian(_ national: [UInt8]) -> Bool {
    guard let first = national.first, first != 0x30 else { return false }
    return national.count == HungarianNumbering.length(of: national)
  }

  /// Whether the digits can only be a whole Hungarian number without its 06.
  private static func isUnmistakable(_ digits: [UInt8]) -> Bool {
    let length = HungarianNumbering.length(of: digits)
    return length == HungarianNumbering.mobileLength
      ? digits.count == length : HungarianNumbering.isLandline(digits)
  }

  private static func isMobile(_ national: some Collection<UInt8>) -> Bool {
    let prefix = String(decoding: national.prefix(2), as: UTF8.self)
    return national.count == HungarianNumbering.mobileLength
      && HungarianNumbering.mobilePrefixes.contains(prefix)
  }

  package enum Invalid: Error, Equatable {
    case empty
    case characters
    /// Too few or too many digits for the country and kind that it begins with.
    case length
  }
}
