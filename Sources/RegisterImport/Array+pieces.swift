extension Array {
  /// The elements in pieces of 512, and the rest in pieces of 256, 128, 64 and so on.
  ///
  /// Each length of a list is a separate statement, which the database prepares and keeps. So there
  /// are ten of them and not hundreds. No piece has more values than a statement can bind.
  var pieces: [ArraySlice<Element>] {
    var pieces: [ArraySlice<Element>] = []
    var (start, size) = (startIndex, 512)
    while start < endIndex {
      while size > endIndex - start { size /= 2 }
      pieces.append(self[start..<start + size])
      start += size
    }
    return pieces
  }
}
