internal import Domain
internal import Testing

/// Which status and which lock mean what (D 12).
@Suite struct `How an account stands` {
  @Test(arguments: [
    (AccountStanding.Owner.active, AccountStanding.Entry.portal),
    (.missing, .portal), (.closed, .portalWithoutPolicies), (.blocked, .help), (.gone, .help),
    (.deceased, .neutral),
  ])
  func `the register decides what the right password opens`(
    owner: AccountStanding.Owner, entry: AccountStanding.Entry
  ) {
    let standing = AccountStanding(owner: owner)
    #expect(standing.entry == entry)
    #expect(standing.isOpen == [.portal, .portalWithoutPolicies].contains(entry))
    #expect(standing.getsMessages == standing.isOpen)
    #expect(!standing.awaitsNewProof)
  }

  @Test(arguments: AccountStanding.Owner.allCases, AccountStanding.Lock.allCases)
  func `a locked account is open to nobody, and a death is told by no lock`(
    owner: AccountStanding.Owner, lock: AccountStanding.Lock
  ) {
    let standing = AccountStanding(owner: owner, lock: lock)
    #expect(!standing.isOpen && !standing.getsMessages)
    #expect(standing.entry == (owner == .deceased ? .neutral : .help))
    #expect(standing.awaitsNewProof == (lock == .newProof))
    #expect(standing.withoutLock == AccountStanding(owner: owner))
  }

  @Test(arguments: [(0, AccountStanding.Owner.missing), (1, .missing), (2, .gone), (3, .gone)])
  func `one import that lacks a customer changes nothing, two do`(
    imports: Int, owner: AccountStanding.Owner
  ) {
    #expect(
      AccountStanding(status: nil, absentImports: imports, lock: nil).owner == owner)
  }

  @Test(arguments: CustomerStatus.allCases)
  func `a customer who is there stands as the register says`(status: CustomerStatus) {
    let standing = AccountStanding(status: status, absentImports: 2, lock: nil)
    #expect(standing.owner.rawValue == status.rawValue)
  }
}
