/// All that the insurer's register knows of one customer.
package struct RegisterRecord: Hashable, Sendable {
  package let customer: RegisteredCustomer
  package let oldNumbers: [OldCustomerNumber]
  package let policies: [Policy]

  package init(
    customer: RegisteredCustomer, oldNumbers: [OldCustomerNumber] = [], policies: [Policy] = []
  ) {
    self.customer = customer
    self.oldNumbers = oldNumbers
    self.policies = policies
  }
}
