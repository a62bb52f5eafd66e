/// The engine that a statement is written for.
package enum Dialect: Sendable, CaseIterable {
  case sqlite
  case postgres
}
