package import Domain

/// Stories may say 5 where they mean row 5.
extension Identity: ExpressibleByIntegerLiteral {
  package init(integerLiteral number: Int64) {
    self.init(rawValue: number)
  }
}
