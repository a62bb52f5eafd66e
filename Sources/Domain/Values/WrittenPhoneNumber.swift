/// A telephone number as somebody wrote it, read as far as its form allows.
///
/// ``MobileNumber`` and ``PhoneNumber`` decide whether the digits make a number.
enum WrittenPhoneNumber: Equatable {
  /// The digits after 06, +36, 0036 or 36.
  case hungarian([UInt8])
  /// Country code and number, after + or 00.
  case foreign([UInt8])
  /// Seven digits and nothing before them, not even 06.
  case subscriber([UInt8])
  /// Digits that do not say where they begin.
  case bare([UInt8])

  /// More bytes than any written number needs, even in full-width digits with a mark around each
  /// group.
  static let longest = 64

  init(_ written: String) throws(Problem) {
    let (digits, hasPlus) = try Self.digits(of: written)
    if hasPlus {
      self = Self.international(digits[...])
    } else if digits.isEmpty {
      throw .empty
    } else if digits.count == HungarianNumbering.subscriberLength, !Self.isBegun(digits) {
      self = .subscriber(digits)
    } else if digits.starts(with: HungarianNumbering.internationalPrefix) {
      self = Self.international(digits.dropFirst(2))
    } else if digits.starts(with: HungarianNumbering.trunkPrefix) {
      self = .hungarian(Array(digits.dropFirst(2)))
    } else if digits.starts(with: HungarianNumbering.countryCode),
      digits.count >= HungarianNumbering.mobileLength
    {
      // Shorter ones could just as well be from Eger, whose area code is 36.
      self = Self.international(digits[...])
    } else {
      self = .bare(digits)
    }
  }

  /// Whether seven digits are the beginning of a whole number, «06 30 123» say, rather than the
  /// seven after a prefix.
  private static func isBegun(_ digits: [UInt8]) -> Bool {
    let abroad = HungarianNumbering.internationalPrefix + HungarianNumbering.countryCode
    let national =
      if digits.starts(with: abroad) {
        digits.dropFirst(abroad.count)
      } else if digits.starts(with: HungarianNumbering.trunkPrefix) {
        digits.dropFirst(2)
      } else {
        digits.prefix(0)
      }
    let prefix = String(decoding: national.prefix(HungarianNumbering.prefixLength), as: UTF8.self)
    return HungarianNumbering.mobilePrefixes.contains(prefix)
  }

  /// The digits as ASCII, and whether there is a plus sign before them.
  private static func digits(of written: String) throws(Problem) -> ([UInt8], hasPlus: Bool) {
    var digits: [UInt8] = []
    var hasPlus = false
    for scalar in withoutScheme(written).unicodeScalars where !scalar.isGrouping {
      // Full-width forms are 0xFEE0 above their ASCII characters.
      let isFullWidth = (0xFF01...0xFF5E).contains(scalar.value)
      let value = isFullWidth ? scalar.value - 0xFEE0 : scalar.value
      switch value {
      case 0x30...0x39: digits.append(UInt8(value))
      case 0x28, 0x29: continue
      case 0x2B where !hasPlus && digits.isEmpty: hasPlus = true
      default: throw .characters
      }
    }
    return (digits, hasPlus)
  }

  /// The number of a link that was copied with it: `tel:+36301234567` (RFC 3966).
  private static func withoutScheme(_ written: String) -> Substring {
    let text = written.trimmed(of: \.isSpacing)
    let scheme = "tel:".utf8
    return text.utf8.prefix(scheme.count).map(\.lowerCased).elementsEqual(scheme)
      ? Substring(text.utf8.dropFirst(scheme.count)) : text
  }

  /// What follows a plus sign, or the equivalent 00.
  private static func international(_ digits: ArraySlice<UInt8>) -> WrittenPhoneNumber {
    let countryCode = HungarianNumbering.countryCode
    if digits.starts(with: HungarianNumbering.internationalPrefix) {
      return international(digits.dropFirst(2))
    }
    // No country code begins with 0, so «+06 30 …» can only be a slip for «06 30 …».
    if digits.starts(with: HungarianNumbering.trunkPrefix) {
      return .hungarian(Array(digits.dropFirst(2)))
    }
    if digits.starts(with: countryCode) {
      return .hungarian(withoutTrunkPrefix(digits.dropFirst(countryCode.count)))
    }
    // «+» and «+3» are the beginnings of Hungarian numbers.
    return countryCode.starts(with: digits) ? .hungarian([]) : .foreign(Array(digits))
  }

  /// The digits without the 06 or (0) that some people leave after +36.
  ///
  /// No number begins with 0 after the country code.
  private static func withoutTrunkPrefix(_ digits: ArraySlice<UInt8>) -> [UInt8] {
    if digits.starts(with: HungarianNumbering.trunkPrefix) { return Array(digits.dropFirst(2)) }
    return Array(digits.first == 0x30 ? digits.dropFirst() : digits)
  }

  enum Problem: Error, Equatable {
    case empty
    case characters
  }
}
