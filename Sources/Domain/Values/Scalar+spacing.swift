/// Characters that people type, and programs paste, between the characters that matter.
///
/// Line ends belong to no class: two numbers on two lines are never one number.
extension Unicode.Scalar {
  /// A space of any width, visible or not, or a mark that directs writing.
  ///
  /// Numbers copied from a contact list often arrive wrapped in such marks.
  var isSpacing: Bool {
    switch value {
    case 0x09, 0x20, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
    case 0xAD, 0x034F, 0x061C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069: true
    case 0xFE00...0xFE0F, 0xFEFF: true
    default: false
    }
  }

  /// A spacing character that nobody sees, whatever the font.
  var isInvisible: Bool {
    switch value {
    case 0x09, 0x20, 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: false
    default: isSpacing
    }
  }

  /// A hyphen, dash or minus sign.
  var isDash: Bool {
    switch value {
    case 0x2D, 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: true
    default: false
    }
  }

  /// What groups a number's characters on paper: spaces and dashes, slashes and dots.
  var isGrouping: Bool {
    switch value {
    case 0x2E, 0x2F, 0xFF0E, 0xFF0F: true
    default: isSpacing || isDash
    }
  }
}
