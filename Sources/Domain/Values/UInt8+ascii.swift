/// Classes of ASCII bytes.
///
/// `Character.isNumber` and its siblings also accept «٣», «½» and «á», and `lowercased()` turns the
/// Kelvin sign into a «k», so anything that identifies a person is read byte by byte.
extension UInt8 {
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isUpperCaseLetter: Bool { (0x41...0x5A).contains(self) }
  var isLowerCaseLetter: Bool { (0x61...0x7A).contains(self) }
  var isLetter: Bool { isUpperCaseLetter || isLowerCaseLetter }

  var upperCased: UInt8 { isLowerCaseLetter ? self - 0x20 : self }
  var lowerCased: UInt8 { isUpperCaseLetter ? self + 0x20 : self }
}
