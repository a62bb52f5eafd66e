import Domain
import Foundation
import Testing

/// The code from the SMS: who gets one, how often, and what typing it comes to.
struct RegistrationCodeTests {
  // MARK: Identification

  @Test func `who is identified is sent a code`() {
    var attempt = Attempt()
    guard case .send(let challenge, isNewCode: true) = attempt.identify() else {
      Issue.record("no code was sent")
      return
    }
    #expect(attempt.registration.step == .phone(.anna, challenge))
    #expect(attempt.registration.smsSent == 1)
  }

  @Test func `the same click twice sends one message`() {
    var attempt = Place.phone.attempt()
    let before = attempt.registration
    #expect(attempt.identify() == .underWay)
    #expect(attempt.registration == before)
  }

  @Test func `who identifies again when the code is dead by age gets a new one`() {
    var attempt = Place.phone.attempt()
    attempt.wait(600)
    #expect(Event.name(attempt.identify()) == "send")
    #expect(attempt.nonce == 2)
  }

  @Test func `who identifies again when all tries are used gets a new code`() {
    var attempt = Place.phone.attempt()
    for _ in 1...5 { _ = attempt.enterCode(right: false) }
    #expect(Event.name(attempt.identify()) == "send")
    #expect(attempt.registration.tries == 5)
  }

  @Test(arguments: [Place.email, .password])
  func `who identifies again after the proof has to prove the phone again`(place: Place) {
    var attempt = place.attempt()
    #expect(Event.name(attempt.identify()) == "send")
    #expect(Event.name(attempt.give()) == "outOfTurn")
  }

  // MARK: Another person in the same browser (attack 10)

  @Test(arguments: [Place.phone, .email, .password])
  func `another customer begins from the beginning`(place: Place) {
    var attempt = place.attempt()
    let nonce = attempt.nextNonce
    #expect(Event.name(attempt.identify(.bela)) == "send")
    #expect(attempt.registration.customer == .bela)
    #expect(attempt.nonce == nonce)
    #expect(attempt.registration.tries == 5)
  }

  @Test(
    arguments: [Place.email, .password], [Event.give, .giveTaken, .completion, .sameCodeAgain])
  func `what was proven for Anna serves nothing for Béla`(place: Place, event: Event) {
    var attempt = place.attempt()
    _ = attempt.identify(.bela)
    let before = attempt.registration
    #expect(event.happen(to: &attempt) == "outOfTurn")
    #expect(attempt.registration == before)
  }

  @Test(arguments: [Place.email, .password])
  func `who cannot be texted for Béla goes on as Anna`(place: Place) {
    var attempt = place.attempt()
    let before = attempt.registration
    let answer = attempt.identify(.bela, recent: RecentMessages(toRecipient: 5, forCustomer: 0))
    #expect(answer == .tooMany(.day))
    #expect(attempt.registration == before)
  }

  @Test func `going to and fro between two customers costs a message each time`() {
    var attempt = Attempt()
    let people: [CustomerNumber] = [.anna, .bela, .anna, .bela]
    let answers = people.map { Event.name(attempt.identify($0)) }
    #expect(answers == ["send", "send", "send", "tooMany"])
  }

  // MARK: Messages

  @Test(arguments: [
    (0.0, Registration.Sending.tooSoon(secondsLeft: 60)), (1, .tooSoon(secondsLeft: 59)),
    (59, .tooSoon(secondsLeft: 1)), (59.999, .tooSoon(secondsLeft: 1)),
  ])
  func `a minute has to pass before another message`(
    waited: Double, answer: Registration.Sending
  ) {
    var attempt = Place.phone.attempt()
    let before = attempt.registration
    attempt.wait(waited)
    #expect(attempt.resend() == answer)
    #expect(attempt.registration == before)
  }

  @Test(arguments: [(60.0, false), (300, false), (300.001, true), (600, true), (3_599, true)])
  func `the same code goes out again while five minutes of its life remain`(
    waited: Double, isNew: Bool
  ) {
    var attempt = Place.phone.attempt()
    attempt.wait(waited)
    guard case .send(let challenge, let isNewCode) = attempt.resend() else {
      Issue.record("nothing was sent")
      return
    }
    #expect(isNewCode == isNew)
    #expect(challenge.nonce.first == (isNew ? 2 : 1))
    #expect(challenge.sentAt == attempt.now)
    #expect(attempt.registration.step == .phone(.anna, challenge))
  }

  @Test func `the same code sent again keeps its age and its tries`() {
    var attempt = Place.phone.attempt()
    for _ in 1...4 { _ = attempt.enterCode(right: false) }
    attempt.wait(60)
    _ = attempt.resend()
    #expect(attempt.registration.tries == 1)
    attempt.wait(540)
    #expect(attempt.enterCode(right: true) == .codeExpired)
  }

  @Test func `a code without tries is replaced`() {
    var attempt = Place.phone.attempt()
    for _ in 1...5 { _ = attempt.enterCode(right: false) }
    attempt.wait(60)
    _ = attempt.resend()
    #expect(attempt.nonce == 2)
    #expect(attempt.registration.tries == 5)
  }

  @Test func `a registration sends three messages at most`() {
    var attempt = Place.phone.attempt()
    let answers = (1...3).map { _ in
      attempt.wait(60)
      return Event.name(attempt.resend())
    }
    #expect(answers == ["send", "send", "tooMany"])
    #expect(attempt.registration.smsSent == 3)
  }

  @Test(arguments: [
    (RecentMessages(toRecipient: 4, forCustomer: 4), "send"),
    (RecentMessages(toRecipient: 5, forCustomer: 0), "tooMany"),
    (RecentMessages(toRecipient: 0, forCustomer: 5), "tooMany"),
  ])
  func `a number and a customer get five messages a day`(recent: RecentMessages, answer: String) {
    var identified = Attempt()
    #expect(Event.name(identified.identify(recent: recent)) == answer)
    var resent = Place.phone.attempt()
    resent.wait(60)
    #expect(Event.name(resent.resend(recent: recent)) == answer)
  }

  @Test(arguments: [Place.identification, .phone])
  func `a message that may not be sent changes nothing`(place: Place) {
    var attempt = place.attempt()
    attempt.wait(600)
    let before = attempt.registration
    _ = attempt.identify(recent: RecentMessages(toRecipient: 5, forCustomer: 5))
    _ = attempt.resend(recent: RecentMessages(toRecipient: 5, forCustomer: 5))
    #expect(attempt.registration == before)
  }

  // MARK: The code

  @Test func `the right code opens the next step`() {
    var attempt = Place.phone.attempt()
    #expect(attempt.enterCode(right: true) == .accepted)
    #expect(attempt.registration.step == .email(.anna))
  }

  @Test func `the right code tells a customer with an account of it`() {
    var attempt = Place.phone.attempt()
    #expect(attempt.enterCode(right: true, isRegistered: true) == .alreadyRegistered)
    #expect(attempt.registration.step == .alreadyRegistered(.anna))
  }

  @Test(arguments: [
    (599.999, Registration.SMSCodeOutcome.accepted), (600, .codeExpired), (601, .codeExpired),
  ])
  func `a code lives ten minutes`(age: Double, outcome: Registration.SMSCodeOutcome) {
    var attempt = Place.phone.attempt()
    attempt.wait(age)
    #expect(attempt.enterCode(right: true) == outcome)
  }

  @Test(arguments: [true, false])
  func `a code that is over costs neither a try nor a failure`(isRight: Bool) {
    var attempt = Place.phone.attempt()
    attempt.wait(600)
    let before = attempt
    _ = attempt.enterCode(right: isRight)
    #expect(attempt == before)
  }

  @Test func `five wrong codes use a code up`() {
    var attempt = Place.phone.attempt()
    let answers = (1...5).map { _ in attempt.enterCode(right: false) }
    #expect(
      answers == [
        .wrong(triesLeft: 4), .wrong(triesLeft: 3), .wrong(triesLeft: 2), .wrong(triesLeft: 1),
        .wrong(triesLeft: 0),
      ])
  }

  @Test func `the fifth try may be the right one`() {
    var attempt = Place.phone.attempt()
    for _ in 1...4 { _ = attempt.enterCode(right: false) }
    #expect(attempt.enterCode(right: true) == .accepted)
  }

  @Test(arguments: [true, false])
  func `the sixth try is refused without a look`(isRight: Bool) {
    var attempt = Place.phone.attempt()
    for _ in 1...5 { _ = attempt.enterCode(right: false) }
    let before = attempt
    #expect(attempt.enterCode(right: isRight) == .codeSpent)
    #expect(attempt == before)
  }

  // MARK: Ten in a row (D 1)

  @Test func `ten wrong codes in a row over several codes disable the step`() {
    var attempt = Place.phone.attempt()
    for _ in 1...5 { _ = attempt.enterCode(right: false) }
    attempt.wait(60)
    _ = attempt.resend()
    for _ in 1...4 { _ = attempt.enterCode(right: false) }
    #expect(attempt.enterCode(right: false) == .disabled)
    #expect(attempt.registration.step == .stopped(.anna, .smsStepDisabled))
    #expect(attempt.smsStep.disabledAt == attempt.now)
  }

  @Test func `the tenth try may be the right one`() {
    var attempt = Attempt(smsStep: SMSStep(customer: .anna, failuresInARow: 9))
    _ = attempt.identify()
    #expect(attempt.enterCode(right: true) == .accepted)
    #expect(attempt.smsStep.failuresInARow == 0)
  }

  @Test func `failures of an earlier registration count in the next`() {
    var attempt = Attempt(smsStep: SMSStep(customer: .anna, failuresInARow: 9))
    _ = attempt.identify()
    #expect(attempt.enterCode(right: false) == .disabled)
  }

  @Test func `the last try of a code that is also the tenth failure disables`() {
    var attempt = Attempt(smsStep: SMSStep(customer: .anna, failuresInARow: 5))
    _ = attempt.identify()
    for _ in 1...4 { _ = attempt.enterCode(right: false) }
    #expect(attempt.enterCode(right: false) == .disabled)
  }

  @Test func `the right code does not help while the step is disabled`() {
    var attempt = Place.phone.attempt()
    attempt.smsStep = SMSStep(customer: .anna, failuresInARow: 10, disabledAt: attempt.now)
    #expect(attempt.enterCode(right: true) == .disabled)
    #expect(attempt.registration.step == .stopped(.anna, .smsStepDisabled))
  }

  @Test(arguments: [Place.identification, .phone, .email, .password])
  func `nobody is texted while the step is disabled`(place: Place) {
    var attempt = place.attempt()
    attempt.smsStep = SMSStep(customer: .anna, failuresInARow: 10, disabledAt: attempt.now)
    #expect(attempt.identify() == .disabled)
    #expect(attempt.registration.step == .stopped(.anna, .smsStepDisabled))
  }

  @Test func `nobody gets a message again while the step is disabled`() {
    var attempt = Place.phone.attempt()
    attempt.smsStep = SMSStep(customer: .anna, failuresInARow: 10, disabledAt: attempt.now)
    attempt.wait(60)
    #expect(attempt.resend() == .disabled)
    #expect(attempt.registration.step == .stopped(.anna, .smsStepDisabled))
  }

  // MARK: The same click once more

  @Test(arguments: [
    (Place.email, Registration.SMSCodeOutcome.accepted), (.alreadyRegistered, .alreadyRegistered),
  ])
  func `the same code once more is answered as before`(
    place: Place, outcome: Registration.SMSCodeOutcome
  ) {
    var attempt = place.attempt()
    let step = attempt.registration.step
    #expect(attempt.repeatCode(right: true) == outcome)
    #expect(attempt.registration.step == step)
  }

  @Test func `a wrong code after the proof costs a try and counts like any other (D 1)`() {
    var attempt = Place.email.attempt()
    #expect(attempt.repeatCode(right: false) == .wrong(triesLeft: 3))
    #expect(attempt.registration.proof?.triesLeft == 3)
    #expect(attempt.smsStep.failuresInARow == 1)
    #expect(attempt.registration.step == .email(.anna))
  }

  @Test func `which limit of messages is reached is told`() {
    var attempt = Place.phone.attempt()
    for _ in 1...2 {
      attempt.wait(60)
      _ = attempt.resend()
    }
    attempt.wait(60)
    #expect(attempt.resend() == .tooMany(.registration))
    #expect(
      attempt.resend(recent: RecentMessages(toRecipient: 5, forCustomer: 0)) == .tooMany(.day))
  }

  @Test func `proof and repetitions have five tries together`() {
    var attempt = Place.email.attempt()
    for _ in 1...4 { _ = attempt.repeatCode(right: false) }
    #expect(attempt.repeatCode(right: true) == .outOfTurn)
  }

  @Test(arguments: [(599.999, Registration.SMSCodeOutcome.accepted), (600, .outOfTurn)])
  func `the same code once more is good for the code's ten minutes`(
    age: Double, outcome: Registration.SMSCodeOutcome
  ) {
    var attempt = Place.email.attempt()
    attempt.wait(age)
    #expect(attempt.repeatCode(right: true) == outcome)
  }
}
