/// A value that is determined only on request, such as how many messages are waiting.
package struct PrometheusSample: Sendable {
  package enum Kind: Sendable { case counter, gauge }

  let name: String
  let help: String
  let type: Kind
  let labels: [(String, String)]
  let value: Double

  package init(
    _ name: String, _ help: String, type: Kind = .gauge, labels: [(String, String)] = [],
    value: Double
  ) {
    (self.name, self.help, self.type) = (name, help, type)
    (self.labels, self.value) = (labels, value)
  }
}
