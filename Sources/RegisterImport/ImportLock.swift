/// A right to import that the system takes back when the program dies, however it dies.
package protocol ImportLock: Sendable {
  /// - Returns: whether nobody else has it. It is held until the program ends.
  func acquire() async throws -> Bool
}
