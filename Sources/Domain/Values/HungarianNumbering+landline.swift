extension HungarianNumbering {
  /// Whether all the digits after 06 form a number that is no mobile number: that of a home, an
  /// office, or a service.
  static func isLandline(_ national: some Collection<UInt8>) -> Bool {
    guard national.count == landlineLength else { return false }
    if national.first == 0x31 { return true }
    let areaCode = String(decoding: national.prefix(prefixLength), as: UTF8.self)
    return areaCodes.contains(areaCode) || servicePrefixes.contains(areaCode)
  }

  /// Every area but Budapest, whose code is a single 1.
  private static let areaCodes: Set<String> = [
    "22", "23", "24", "25", "26", "27", "28", "29",
    "32", "33", "34", "35", "36", "37",
    "42", "44", "45", "46", "47", "48", "49",
    "52", "53", "54", "55", "56", "57", "59",
    "62", "63", "66", "68", "69",
    "72", "73", "74", "75", "76", "77", "78", "79",
    "82", "83", "84", "85", "87", "88", "89",
    "92", "93", "94", "95", "96", "99",
  ]

  /// Shared cost, free of charge, and premium rate.
  private static let servicePrefixes: Set<String> = ["40", "80", "90", "91"]
}
