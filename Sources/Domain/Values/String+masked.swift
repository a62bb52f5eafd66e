extension String {
  /// Five dots and the last two characters, or only dots where two would reveal too much.
  var lastTwoShown: String {
    let dots = "•••••"
    return count < 4 ? dots : dots + suffix(2)
  }
}
