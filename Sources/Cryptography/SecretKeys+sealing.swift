internal import CSodium

extension SecretKeys {
  /// Closes a message so that only these keys open it, and any change is noticed
  /// (XSalsa20 and Poly1305, a random nonce before the rest).
  ///
  /// - Parameter purpose: one whose keys sign nothing
  package func seal(
    _ message: [UInt8], for purpose: Purpose, randomBytes: RandomBytes = .system
  ) -> [UInt8] {
    Sodium.prepare()
    let nonce = randomBytes(Int(crypto_secretbox_NONCEBYTES))
    var sealed = [UInt8](repeating: 0, count: message.count + Int(crypto_secretbox_MACBYTES))
    crypto_secretbox_easy(
      &sealed, message, UInt64(message.count), nonce, derivedKeys(for: purpose)[0])
    return nonce + sealed
  }

  /// The message that was sealed with any of the keys; `nil` for anything else.
  package func open(_ sealed: [UInt8], for purpose: Purpose) -> [UInt8]? {
    Sodium.prepare()
    let overhead = Int(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
    guard sealed.count >= overhead else { return nil }
    let nonce = Array(sealed.prefix(Int(crypto_secretbox_NONCEBYTES)))
    let box = Array(sealed.dropFirst(nonce.count))
    var message = [UInt8](repeating: 0, count: sealed.count - overhead)
    for key in derivedKeys(for: purpose)
    where crypto_secretbox_open_easy(&message, box, UInt64(box.count), nonce, key) == 0 {
      return message
    }
    return nil
  }
}
