import Domain
import Testing

/// Does what somebody claims fit the register (J3)?
struct ClaimTests {
  private func claim(mobile: String = "+36 30 123 4567") throws -> Claim {
    Claim(
      number: .policy(try PolicyNumber("LA-2023-004512")),
      mobile: try MobileNumber(
        prefix: "30", number: mobile, accepting: ["20", "30", "31", "50", "70"]))
  }

  private func customer(
    sms: String? = "06 30/123-4567", status: CustomerStatus = .active
  ) throws -> RegisteredCustomer {
    RegisteredCustomer(
      number: .anna, name: "Kovács Anna", smsNumber: try sms.map { try PhoneNumber($0) },
      email: nil, status: status)
  }

  private func reason(
    mobile: String = "+36 30 123 4567", _ customer: RegisteredCustomer?, oldOwners: Int = 0,
    isContested: Bool = false, limits: Limits = Limits()
  ) throws -> Mismatch? {
    let result = try claim(mobile: mobile).compare(
      with: RegisterAnswer(
        customer: customer, oldOwners: oldOwners, isContested: isContested), limits: limits)
    guard case .failure(let refused) = result else { return nil }
    return refused.reason
  }

  @Test(arguments: ["1234567", "+36 30 123 4567", "0630/123-4567", "30 123 4567"])
  func `the number on file is recognised in any writing`(typed: String) throws {
    let anna = try customer()
    let result = try claim(mobile: typed).compare(
      with: RegisterAnswer(customer: anna), limits: Limits())
    let match = try result.get()
    #expect(match.customer == anna.number && match.smsNumber == anna.smsNumber)
  }

  @Test func `a number that nobody has is unknown`() throws {
    #expect(try reason(nil) == .unknownNumber)
  }

  @Test func `somebody's old customer number is told apart`() throws {
    #expect(try reason(nil, oldOwners: 1) == .oldCustomerNumber)
    #expect(try reason(nil, oldOwners: 2) == .oldNumberOfSeveral)
  }

  @Test func `a number that was somebody's old one and is somebody's new one is the new one`()
    throws
  {
    #expect(try reason(try customer(), oldOwners: 1) == nil)
  }

  @Test func `a number of several customers is nobody's, whoever else is right`() throws {
    #expect(try reason(try customer(), isContested: true) == .severalCustomers)
  }

  @Test(arguments: [
    (CustomerStatus.active, Mismatch?.none), (.blocked, .customerBlocked),
    (.deceased, .customerDeceased), (.closed, .customerClosed),
  ])
  func `only an active customer can register`(status: CustomerStatus, expected: Mismatch?) throws {
    #expect(try reason(try customer(status: status)) == expected)
  }

  @Test func `without a number on file nobody can be texted`() throws {
    #expect(try reason(try customer(sms: nil)) == .noSMSNumber)
  }

  @Test(arguments: ["+36 31 123 4567", "+36 50 123 4567", "+36 1 234 5678", "+43 664 1234567"])
  func `a number on file with another prefix is not texted`(onFile: String) throws {
    #expect(try reason(try customer(sms: onFile)) == .unsuitableSMSNumber)
  }

  @Test func `not even its owner makes an unsuitable number suitable`() throws {
    let farkas = try customer(sms: "+36 31 555 0311")
    #expect(try reason(mobile: "+36 31 555 0311", farkas) == .unsuitableSMSNumber)
  }

  @Test func `the insurer says which prefixes are texted`() throws {
    var limits = Limits()
    limits.mobilePrefixes = ["31"]
    let farkas = try customer(sms: "+36 31 555 0311")
    #expect(try reason(mobile: "+36 31 555 0311", farkas, limits: limits) == nil)
    #expect(try reason(try customer(), limits: limits) == .unsuitableSMSNumber)
  }

  @Test(arguments: ["+36 30 123 4568", "+36 20 123 4567", "+36 70 123 4567"])
  func `another mobile number does not match`(typed: String) throws {
    #expect(try reason(mobile: typed, try customer()) == .otherMobile)
  }

  @Test(arguments: [CustomerStatus.blocked, .deceased, .closed])
  func `the customer's state is the first reason even when nothing else is right`(
    status: CustomerStatus
  ) throws {
    let expected = try reason(try customer(status: status))
    let nothingRight = try customer(sms: nil, status: status)
    #expect(try reason(mobile: "+36 20 999 9999", nothingRight) == expected)
  }

  @Test func `every reason can be given`() throws {
    let given: Set<Mismatch?> = [
      try reason(nil), try reason(nil, oldOwners: 1), try reason(nil, oldOwners: 2),
      try reason(try customer(), isContested: true),
      try reason(try customer(status: .blocked)), try reason(try customer(status: .deceased)),
      try reason(try customer(status: .closed)), try reason(try customer(sms: nil)),
      try reason(try customer(sms: "+36 1 234 5678")),
      try reason(mobile: "+36 30 123 4568", try customer()),
    ]
    #expect(given == Set(Mismatch.allCases))
  }
}
