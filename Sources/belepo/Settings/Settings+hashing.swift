internal import Cryptography

extension Settings {
  /// How passwords are hashed.
  var argon2id: Argon2id {
    Argon2id(memoryKiB: count(.argon2Memory), passes: count(.argon2Passes))
  }

  /// What is wrong with the combination of memory and passes, in a sentence, or `nil`.
  var hashingProblem: String? {
    // A value out of its own range has been reported already.
    let areInRange = [SettingKey.argon2Memory, .argon2Passes].allSatisfy {
      $0.setting.form.problem(with: checkedText($0)) == nil
    }
    guard areInRange, !argon2id.isAllowed else { return nil }
    let pairs = Argon2id.floors.map { "\($0.memoryKiB) KiB with \($0.passes) passes" }
    return """
      password.argon2.memory and password.argon2.passes are too weak together: at least \
      \(pairs.joined(separator: ", or ")).
      """
  }
}
