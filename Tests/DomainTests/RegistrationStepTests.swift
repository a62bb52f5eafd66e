import Domain
import Foundation
import Testing

/// Which event is for which step; what comes out of turn changes nothing.
struct RegistrationStepTests {
  /// What may happen where; everything else is out of turn.
  static let inTurn: [Place: Set<Event>] = [
    .identification: [.identify],
    .phone: [.identify, .resend, .rightCode, .wrongCode, .lostCustomer],
    .email: [
      .identify, .sameCodeAgain, .give, .giveTaken, .wasOvertaken, .lostEmail, .lostCustomer,
    ],
    .password: [
      .identify, .give, .giveTaken, .completion, .finish, .wasOvertaken, .lostEmail, .lostCustomer,
    ],
    .alreadyRegistered: [.sameCodeAgain],
  ]

  static let outOfTurn: [(Place, Event)] = Place.allCases.flatMap { place in
    Event.allCases.filter { inTurn[place]?.contains($0) != true }.map { (place, $0) }
  }

  @Test(arguments: outOfTurn)
  func `what comes out of turn is answered so and changes nothing`(place: Place, event: Event) {
    let before = place.attempt()
    var after = before
    #expect([nil, "outOfTurn"].contains(event.happen(to: &after)))
    #expect(after.registration == before.registration)
    #expect(after.smsStep == before.smsStep)
  }

  @Test(arguments: inTurn.flatMap { place, events in events.map { (place, $0) } })
  func `what comes in its turn is never answered as out of turn`(place: Place, event: Event) {
    var attempt = place.attempt()
    attempt.wait(60)
    #expect(event.happen(to: &attempt) != "outOfTurn")
  }

  @Test(arguments: Place.allCases, Event.allCases)
  func `after its end a registration answers nothing but that it is over`(
    place: Place, event: Event
  ) {
    var attempt = place.attempt()
    attempt.now = attempt.registration.expiresAt
    let before = attempt
    switch event {
    case .finish, .wasOvertaken, .lostEmail, .lostCustomer:
      // These tell what has happened in the database; they are no customer's click.
      break
    default:
      #expect(event.happen(to: &attempt) == "expired")
      #expect(attempt.registration == before.registration)
      #expect(attempt.smsStep == before.smsStep)
    }
  }

  @Test(arguments: [(3_599.999, true), (3_600, false)])
  func `a registration lives an hour`(age: Double, isOpen: Bool) {
    let start = Attempt.start
    let registration = Attempt().registration
    #expect(registration.isOpen(at: start.addingTimeInterval(age)) == isOpen)
    #expect(registration.isExpired(at: start.addingTimeInterval(age)) != isOpen)
  }

  @Test(arguments: [
    (Place.identification, true), (.phone, true), (.email, true), (.password, true),
    (.finished, false), (.alreadyRegistered, false), (.disabled, false), (.takenEmails, false),
  ])
  func `who comes back goes on only where something is left to do`(place: Place, isOpen: Bool) {
    let attempt = place.attempt()
    #expect(attempt.registration.isOpen(at: attempt.now) == isOpen)
  }

  @Test(arguments: Place.allCases)
  func `once somebody is identified the registration is about that customer to its end`(
    place: Place
  ) {
    #expect(place.attempt().registration.customer == (place == .identification ? nil : .anna))
  }

  // MARK: Finishing

  @Test func `a registration is ready for its account when address and answers are given`() {
    let attempt = Place.password.attempt()
    #expect(attempt.registration.completion(at: attempt.now) == .ready(.anna, .annas))
  }

  @Test func `the account ends the registration`() {
    var attempt = Place.password.attempt()
    attempt.registration.finish()
    #expect(attempt.registration.step == .finished(.anna))
  }

  @Test(arguments: [Place.email, .password])
  func `somebody faster with the same customer leaves the slower one a login`(place: Place) {
    var attempt = place.attempt()
    attempt.registration.wasOvertaken()
    #expect(attempt.registration.step == .alreadyRegistered(.anna))
  }

  @Test func `who lost the address to somebody faster is asked for another one`() {
    var attempt = Place.password.attempt()
    #expect(attempt.lostEmail() == .emailTaken(answersLeft: 4))
    #expect(attempt.registration.step == .email(.anna))
  }

  @Test func `an address that was lost is one of the five that may be taken`() {
    var attempt = Place.email.attempt()
    for _ in 1...4 { _ = attempt.give(isTaken: true) }
    _ = attempt.give()
    #expect(attempt.lostEmail() == .stopped)
    #expect(attempt.registration.step == .stopped(.anna, .takenEmails))
  }

  // MARK: Address and answers

  @Test func `who steps back from the password may give another address`() {
    var attempt = Place.password.attempt()
    #expect(attempt.give(.others) == .accepted)
    #expect(attempt.registration.step == .password(.anna, .others))
  }

  @Test func `who steps back to a taken address has to give another one`() {
    var attempt = Place.password.attempt()
    #expect(attempt.give(.others, isTaken: true) == .emailTaken(answersLeft: 4))
    #expect(attempt.registration.step == .email(.anna))
  }

  @Test func `the fifth taken address stops the registration`() {
    var attempt = Place.email.attempt()
    let answers = (1...5).map { _ in attempt.give(isTaken: true) }
    #expect(
      answers == [
        .emailTaken(answersLeft: 4), .emailTaken(answersLeft: 3), .emailTaken(answersLeft: 2),
        .emailTaken(answersLeft: 1), .stopped,
      ])
    #expect(attempt.registration.step == .stopped(.anna, .takenEmails))
  }

  @Test func `four taken addresses leave room for a free one`() {
    var attempt = Place.email.attempt()
    for _ in 1...4 { _ = attempt.give(isTaken: true) }
    #expect(attempt.give() == .accepted)
  }
}
