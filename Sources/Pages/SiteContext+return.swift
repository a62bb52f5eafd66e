internal import Foundation

extension SiteContext {
  /// How long a browser remembers where to go after the login, in seconds.
  private static let returnSeconds = 1800

  /// Remembers where the customer wanted to go, if that is a place to be sent back to.
  package func rememberReturn(_ text: String?, among places: ReturnPlaces) {
    guard let place = places.place(text) else { return }
    set(
      .returnTo, to: Data(place.utf8).base64EncodedString(),
      maxAgeSeconds: SiteContext.returnSeconds)
  }

  /// Where the customer wanted to go; the browser forgets it.
  package func takeReturn(among places: ReturnPlaces) -> String? {
    guard let cookie = cookies[.returnTo], let bytes = Data(base64Encoded: cookie) else {
      return nil
    }
    remove(.returnTo)
    // The browser may hold anything: it is examined again.
    return places.place(String(data: bytes, encoding: .utf8))
  }
}
