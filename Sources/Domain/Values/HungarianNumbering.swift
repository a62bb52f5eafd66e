/// How telephone numbers are built in Hungary.
///
/// The facts are those of the national numbering plan (NMHH) as Google's libphonenumber 9.0 states
/// them: mobile numbers are `(?:[257]0|3[01])\d{7}`, with two other kinds of the same length, VoIP
/// (21) and corporate networks (38). All others have eight digits. Numbers can be moved from one
/// operator to another, so a prefix does not reveal the operator.
enum HungarianNumbering {
  static let countryCode: [UInt8] = [0x33, 0x36]
  static let trunkPrefix: [UInt8] = [0x30, 0x36]
  static let internationalPrefix: [UInt8] = [0x30, 0x30]

  static let prefixLength = 2
  static let subscriberLength = 7
  static let mobileLength = prefixLength + subscriberLength
  static let landlineLength = 8

  static let mobilePrefixes = ["20", "30", "31", "50", "70"]
  static let otherNineDigitPrefixes = ["21", "38"]

  /// The number of digits that a number with this beginning has after 06.
  static func length(of national: some Collection<UInt8>) -> Int {
    let prefix = String(decoding: national.prefix(prefixLength), as: UTF8.self)
    let isLong = mobilePrefixes.contains(prefix) || otherNineDigitPrefixes.contains(prefix)
    return isLong ? mobileLength : landlineLength
  }
}
