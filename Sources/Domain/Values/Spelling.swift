/// How far one spelling is from another.
enum Spelling {
  /// The fewest typing slips that turn one word into the other: a letter too many, a letter
  /// missing, a wrong letter, or two neighbours swapped.
  ///
  /// This is the optimal string alignment distance. Both words must be short: the number of steps
  /// is the product of their lengths.
  static func slips(from word: [UInt8], to other: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...other.count)
    for (row, letter) in word.enumerated() {
      var current = [row + 1]
      for (column, otherLetter) in other.enumerated() {
        var slips = min(
          previous[column + 1] + 1,
          current[column] + 1,
          previous[column] + (letter == otherLetter ? 0 : 1))
        if row > 0, column > 0, letter == other[column - 1], word[row - 1] == otherLetter {
          slips = min(slips, beforePrevious[column - 1] + 1)
        }
        current.append(slips)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[other.count]
  }
}
