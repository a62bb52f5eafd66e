import Domain
import Foundation
import Testing

/// How a customer stands with the SMS step over all codes and registrations.
struct SMSStepTests {
  let now = Attempt.start

  private func step(after failures: Int, limits: Limits = Limits()) -> SMSStep {
    var step = SMSStep(customer: .anna)
    for _ in 0..<failures { step.failed(at: now, limits: limits) }
    return step
  }

  @Test(arguments: [(0, false), (9, false), (10, true), (11, true)])
  func `the tenth failure in a row disables the step`(failures: Int, isDisabled: Bool) {
    #expect(step(after: failures).isDisabled == isDisabled)
  }

  @Test func `success begins the count anew`() {
    var step = step(after: 9)
    step.succeeded()
    for _ in 1...9 { step.failed(at: now, limits: Limits()) }
    #expect(!step.isDisabled)
    step.failed(at: now, limits: Limits())
    #expect(step.isDisabled)
  }

  @Test func `success alone does not re-enable`() {
    var step = step(after: 10)
    step.succeeded()
    #expect(step.isDisabled)
  }

  @Test func `the call centre re-enables with ten new tries`() {
    var step = step(after: 10)
    step.enable()
    #expect(step == SMSStep(customer: .anna))
  }

  @Test func `a later failure does not move the moment of disabling`() {
    var step = step(after: 10)
    step.failed(at: now.addingTimeInterval(60), limits: Limits())
    #expect(step.disabledAt == now)
  }

  @Test func `the insurer sets how many failures disable`() {
    var limits = Limits()
    limits.smsFailuresPerCustomer = 3
    #expect(!step(after: 2, limits: limits).isDisabled)
    #expect(step(after: 3, limits: limits).isDisabled)
  }
}
