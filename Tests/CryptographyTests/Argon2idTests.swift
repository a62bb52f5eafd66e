import Cryptography
import Testing

/// Slow hashes of passwords.
struct Argon2idTests {
  /// The least that libsodium knows: these tests are not about its cost.
  let cheap = Argon2id(memoryKiB: 8, passes: 1)
  let password = Array("Zoldalma73Korte".utf8)

  @Test func `a decoy has the cost of another hash and matches nothing`() throws {
    let dear = try Argon2id(memoryKiB: 16, passes: 2).hash(Array("titok".utf8))
    let decoy = Argon2id.decoy(try cheap.hash(Array("titok".utf8)), like: dear)
    #expect(decoy.contains("$m=16,t=2,p=1$"))
    #expect(!Argon2id(memoryKiB: 16, passes: 2).isOutdated(decoy))
    #expect(try !Argon2id.verify(Array("titok".utf8), against: decoy))
    #expect(Argon2id.decoy(dear, like: "no hash") == dear)
  }

  /// Made by the reference implementation (argon2-cffi 25.1.0).
  @Test(arguments: [
    (
      "Zoldalma73Korte",
      "$argon2id$v=19$m=19456,t=2,p=1$YmVsZXBvLXNhbHQtMDAwMQ$y7c7zKAr97lg2UL3Wff6j0vPRjxDBlZ8RoLVhj6Hb2o"
    ),
    (
      "Zoldalma73Korte",
      "$argon2id$v=19$m=8,t=1,p=1$YmVsZXBvLXNhbHQtMDAwMg$udRnLIOeiV/5oGDYxJ5MCgCvXTkDanzeAqptstQV7xI"
    ),
    (
      "Árvíztűrő tükörfúrógép",
      "$argon2id$v=19$m=64,t=3,p=1$YmVsZXBvLXNhbHQtMDAwMw$qNlIC73lKL7R+bOWABvuc9rjbAkzXp3qUWA8JJY2rQk"
    ),
    (
      "",
      "$argon2id$v=19$m=32,t=1,p=1$YmVsZXBvLXNhbHQtMDAwNA$zsRLtDiMgqnIQeedKNnZtYtwHOJheDG7clW+YZOsshk"
    ),
  ])
  func `hashes of the reference implementation are recognised`(
    password: String, hash: String
  ) throws {
    #expect(try Argon2id.verify(Array(password.utf8), against: hash))
    #expect(try !Argon2id.verify(Array("\(password) ".utf8), against: hash))
  }

  @Test func `the standard is the least that OWASP allows for three passes`() {
    #expect(Argon2id.standard == Argon2id(memoryKiB: 12_288, passes: 3))
    #expect(Argon2id.standard.isAllowed)
  }

  @Test(arguments: [
    (12_288, 3, true), (12_287, 3, false), (12_288, 2, false), (19_456, 2, true),
    (19_455, 2, false), (1_048_576, 1, false),
  ])
  func `a pair is allowed from its floor on`(memory: Int, passes: Int, isAllowed: Bool) {
    #expect(Argon2id(memoryKiB: memory, passes: passes).isAllowed == isAllowed)
  }

  @Test func `a hash names its parameters, a salt of 16 bytes and a tag of 32`() throws {
    let parts = try Argon2id.standard.hash(password).split(separator: "$").map(String.init)
    #expect(parts.prefix(3) == ["argon2id", "v=19", "m=12288,t=3,p=1"])
    #expect(parts.dropFirst(3).map(\.utf8.count) == [22, 43])
  }

  @Test func `two hashes of one password differ, and both fit`() throws {
    let (one, other) = (try cheap.hash(password), try cheap.hash(password))
    #expect(one != other)
    #expect(try Argon2id.verify(password, against: one))
    #expect(try Argon2id.verify(password, against: other))
  }

  @Test(arguments: [
    "", "zoldalma73korte", "Zoldalma73Kort", "Zoldalma73Korte\0", "Zoldalma73Körte",
  ])
  func `another password does not fit`(other: String) throws {
    #expect(try !Argon2id.verify(Array(other.utf8), against: try cheap.hash(password)))
  }

  @Test func `a password may hold any bytes`() throws {
    let bytes = [UInt8](0...255)
    let hash = try cheap.hash(bytes)
    #expect(try Argon2id.verify(bytes, against: hash))
    #expect(try !Argon2id.verify([UInt8](bytes.dropLast()), against: hash))
  }

  @Test(arguments: [
    "", "Zoldalma73Korte", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$YmVsZXBv$AAAA",
    "$2b$12$abcdefghijklmnopqrstuv",
    "$argon2d$v=19$m=64,t=2,p=1$YmVsZXBvLXNhbHQtMDAwNg$G23AmXEmfCU9JNNW2c6P7j40Sx6Tub8iCkdrlaoHFo0",
    String(repeating: "$", count: 10_000),
  ])
  func `what is not a hash of ours fits no password`(hash: String) throws {
    #expect(try !Argon2id.verify(password, against: hash))
    #expect(cheap.isOutdated(hash))
  }

  @Test(arguments: [
    (Argon2id(memoryKiB: 8, passes: 1), false), (Argon2id(memoryKiB: 9, passes: 1), true),
    (Argon2id(memoryKiB: 8, passes: 2), true), (.standard, true),
  ])
  func `a hash of other parameters is outdated`(today: Argon2id, isOutdated: Bool) throws {
    #expect(today.isOutdated(try cheap.hash(password)) == isOutdated)
  }

  @Test func `an outdated hash still serves`() throws {
    let hash = try Argon2id(memoryKiB: 16, passes: 3).hash(password)
    #expect(try Argon2id.verify(password, against: hash))
  }

  @Test func `less memory than the algorithm needs is a mistake of ours`() async {
    await #expect(processExitsWith: .failure) { _ = Argon2id(memoryKiB: 7, passes: 1) }
  }

  @Test func `no pass at all is a mistake of ours`() async {
    await #expect(processExitsWith: .failure) { _ = Argon2id(memoryKiB: 8, passes: 0) }
  }
}
