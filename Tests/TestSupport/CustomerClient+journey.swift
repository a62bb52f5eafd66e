/// The way through the pages, for stories that begin in the middle of the journey.
///
/// Each step looks at its page first and then sends its form, as a person does.
extension CustomerClient {
  /// What this person types on the first page, everything right.
  package static func claim(of person: Cast, byPolicy: Bool = true) -> [String: String] {
    [
      "kind": byPolicy ? "policy" : "customer",
      "policyNumber": byPolicy ? person.policy : "",
      "customerNumber": byPolicy ? "" : person.number,
      "mobilePrefix": person.mobile.prefix, "mobileNumber": person.mobile.number,
    ]
  }

  /// Answers to everything on the page of the address; the voluntary ones are refused.
  package static func answers(email: String) -> [String: String] {
    [
      "email": email, "marketing": "no", "dataProcessing": "no", "contract": "yes",
      "notice": "yes",
    ]
  }

  @discardableResult
  package func identify(_ person: Cast, byPolicy: Bool = true) async throws -> Answer {
    try await get("/regisztracio")
    return try await post(
      "/regisztracio", CustomerClient.claim(of: person, byPolicy: byPolicy))
  }

  /// Reads the newest SMS and types its last five characters.
  @discardableResult
  package func proveThePhone(on stage: Stage) async throws -> Answer {
    try await get("/regisztracio/telefonszam")
    let code = try await stage.smsCode()
    return try await post("/regisztracio/telefonszam", ["code": String(code.suffix(5))])
  }

  @discardableResult
  package func giveAddress(_ email: String) async throws -> Answer {
    try await get("/regisztracio/email")
    return try await post("/regisztracio/email", CustomerClient.answers(email: email))
  }

  @discardableResult
  package func choosePassword(_ password: String = Stage.password) async throws -> Answer {
    try await get("/regisztracio/jelszo")
    return try await post(
      "/regisztracio/jelszo", ["password": password, "passwordAgain": password])
  }

  /// The whole registration, up to the account.
  package func register(_ person: Cast, email: String, on stage: Stage) async throws {
    try await identify(person)
    try await proveThePhone(on: stage)
    try await giveAddress(email)
    try await choosePassword()
  }

  @discardableResult
  package func logIn(
    _ userName: String, password: String = Stage.password
  ) async throws -> Answer {
    try await get("/bejelentkezes")
    return try await post("/bejelentkezes", ["username": userName, "password": password])
  }

  /// Reads the newest e-mail and types the last five characters of its code.
  @discardableResult
  package func confirmTheAddress(on stage: Stage) async throws -> Answer {
    try await get("/megerosites")
    let code = try await stage.emailCode()
    return try await post("/megerosites", ["code": String(code.suffix(5))])
  }

  /// Registered, logged in and confirmed: the whole portal is open.
  package func enterThePortal(_ person: Cast, email: String, on stage: Stage) async throws {
    try await register(person, email: email, on: stage)
    try await logIn(email)
    try await confirmTheAddress(on: stage)
  }

  /// Asks for the code that proves once more who is there.
  @discardableResult
  package func askForStepUp() async throws -> Answer {
    try await get("/fiok/biztonsagi-kod")
    return try await post("/fiok/biztonsagi-kod/uj-kod")
  }

  /// Reads the newest SMS and types its last five characters.
  @discardableResult
  package func stepUp(on stage: Stage) async throws -> Answer {
    try await askForStepUp()
    try await get("/fiok/biztonsagi-kod")
    let code = try await stage.smsCode()
    return try await post("/fiok/biztonsagi-kod", ["code": String(code.suffix(5))])
  }

  @discardableResult
  package func logOut() async throws -> Answer {
    try await post("/kijelentkezes")
  }
}
