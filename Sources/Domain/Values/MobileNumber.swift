/// A Hungarian mobile number that a customer typed, to be texted.
///
/// The page offers «06», a choice of prefixes and a field for seven digits. People and browsers put
/// other things into that field: a whole number in it, however written, is understood and overrides
/// the choice; the choice is only used for seven digits with nothing before them.
///
/// The insurer texts fewer prefixes than exist. libphonenumber and the numbering plan also know 31
/// and 50 as mobile prefixes, so those get a reason of their own, not «wrong number».
package struct MobileNumber: Hashable, Sendable, Masked {
  /// The canonical form: `+36`, the prefix, seven digits.
  package let e164: String

  /// Reads the two parts of the form.
  ///
  /// `prefixes` comes from the configuration, which has checked that each is two digits.
  package init(
    prefix: String, number: String, accepting prefixes: [String]
  ) throws(Invalid) {
    let length = HungarianNumbering.mobileLength
    guard number.utf8.count <= WrittenPhoneNumber.longest else {
      throw .tooLong(extra: number.utf8.count - length)
    }
    switch try Self.read(number) {
    case .subscriber(let digits):
      guard let chosen = prefixes.first(where: { $0 == prefix }) else { throw .prefixChoice }
      e164 = "+36" + chosen + String(decoding: digits, as: UTF8.self)
    case .hungarian(let national):
      e164 = try Self.e164(national, accepting: prefixes)
    case .bare(let digits):
      try Self.checkLength(ofBare: digits, accepting: prefixes)
      e164 = try Self.e164(digits, accepting: prefixes)
    case .foreign:
      throw .foreign
    }
  }

  /// Whether it is the number on file, however either was written.
  package func matches(_ number: PhoneNumber) -> Bool {
    e164 == number.e164
  }

  /// «06 30 ••• ••67», as Hungarians write it.
  package var masked: String {
    "06 \(e164.dropFirst(3).prefix(2)) ••• ••\(e164.suffix(2))"
  }

  private static func read(_ number: String) throws(Invalid) -> WrittenPhoneNumber {
    do throws(WrittenPhoneNumber.Problem) {
      return try WrittenPhoneNumber(number)
    } catch {
      switch error {
      case .empty: throw .empty
      case .characters: throw .characters
      }
    }
  }

  /// Digits without 06 before them are a number's last seven, or all nine.
  ///
  /// Fewer are the beginning of the seven that the page asks for. Eight are a whole number with a
  /// digit missing if they begin like one, otherwise seven with a digit too many.
  private static func checkLength(
    ofBare digits: [UInt8], accepting prefixes: [String]
  ) throws(Invalid) {
    let missing = HungarianNumbering.subscriberLength - digits.count
    if missing > 0 { throw .tooShort(missing: missing) }
    if digits.count == HungarianNumbering.subscriberLength + 1 {
      throw prefixes.contains(Self.prefix(of: digits))
        ? .tooShort(missing: 1) : .tooLong(extra: 1)
    }
  }

  /// The canonical form of the digits after 06, or what is wrong with them.
  ///
  /// A prefix that is never texted is reported before a missing digit: the digit would not help.
  private static func e164(
    _ national: [UInt8], accepting prefixes: [String]
  ) throws(Invalid) -> String {
    let prefix = prefix(of: national)
    let isAccepted = prefixes.contains(prefix)
    if !isAccepted {
      if HungarianNumbering.mobilePrefixes.contains(prefix) { throw .prefix(prefix) }
      if HungarianNumbering.isLandline(national) { throw .landline }
    }
    let missing = HungarianNumbering.mobileLength - national.count
    if missing > 0 { throw .tooShort(missing: missing) }
    if missing < 0 { throw .tooLong(extra: -missing) }
    guard isAccepted else { throw .prefix(prefix) }
    return "+36" + String(decoding: national, as: UTF8.self)
  }

  private static func prefix(of national: [UInt8]) -> String {
    String(decoding: national.prefix(HungarianNumbering.prefixLength), as: UTF8.self)
  }

  package enum Invalid: Error, Equatable {
    case empty
    case characters
    /// This many digits fewer than a whole number has, or than the seven beside the choice.
    case tooShort(missing: Int)
    case tooLong(extra: Int)
    case landline
    case foreign
    /// Nine digits whose prefix is not texted, such as 31 and 50, or does not exist.
    case prefix(String)
    /// Seven digits, and no prefix chosen from those on offer.
    case prefixChoice
  }
}
