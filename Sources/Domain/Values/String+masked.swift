extension String {
  /// Five dots and the last two characters, or only dots where two would tell too much.
  var lastTwoShown: String {
    let dots = "•••••"
    return count < 4 ? dots : dots + suffix(2)
  }
}
