/// Something in a file that is against the style, and what to do instead.
struct Fault: Hashable, CustomStringConvertible {
  let file: String
  let line: Int
  let words: String

  var description: String { "\(file):\(line): \(words)" }
}
