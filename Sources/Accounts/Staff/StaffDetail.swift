/// What the trail adds to an event, taken apart: who of staff it was, what it was about, and why.
package struct StaffDetail: Hashable, Sendable {
  /// `nil` where it was nobody of staff.
  package let staff: String?
  /// Words of the program.
  package let words: String
  /// Words that somebody typed, behind a word of the list where one was chosen.
  package let reason: String?

  /// - Parameter detail: as ``StaffAct/detail(_:)`` writes it, or the program's own
  package init(_ detail: String) {
    guard detail.hasPrefix(StaffAct.mark) else {
      staff = nil
      words = detail
      reason = nil
      return
    }
    var rest = detail.dropFirst(StaffAct.mark.count)
    if let mark = rest.firstRange(of: "; because ") {
      reason = String(rest[mark.upperBound...])
      rest = rest[..<mark.lowerBound]
    } else {
      reason = nil
    }
    if let mark = rest.firstRange(of: "; ") {
      staff = String(rest[..<mark.lowerBound])
      words = String(rest[mark.upperBound...])
    } else {
      staff = String(rest)
      words = ""
    }
  }
}
