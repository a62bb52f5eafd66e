/// A value of a person that is masked until somebody asks for it by name.
package enum CaseValue: String, CaseIterable, Sendable {
  case name
  case customerNumber = "customer_number"
  case phone
  case emailOnFile = "email_on_file"
  case userName = "user_name"
}
