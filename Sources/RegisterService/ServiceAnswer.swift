internal import Domain
internal import Foundation
internal import RegisterImport

/// Reads what the service says, by the rules of the register's files.
///
/// What an import would reject is no answer: a customer is believed as a whole, or not at all.
enum ServiceAnswer {
  /// Why an answer cannot be used, without anything personal.
  struct Unreadable: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  private struct Found: Decodable {
    let customer: Customer
    let policies: [Policy]
  }

  private struct Customer: Decodable {
    let customerNumber, name, status: String
    let oldCustomerNumbers: [String]?
    let smsNumber, email: String?
  }

  private struct Policy: Decodable {
    let policyNumber, product, status: String
    let validFrom, validTo: String?
  }

  private struct NotFound: Decodable {
    let oldNumberOf: [String]?
  }

  /// As many as a page shows.
  private static let mostPolicies = 200

  static func record(_ body: [UInt8], to number: Claim.Number) throws -> RegisterRecord {
    guard let found = try? JSONDecoder().decode(Found.self, from: Data(body)) else {
      throw Unreadable("it is not the JSON of a customer")
    }
    let row = try customer(found.customer)
    let policies = try found.policies.prefix(mostPolicies).map { try policy($0, of: row) }
    let isAbout =
      switch number {
      case .customer(let asked): row.number == asked
      case .policy(let asked): policies.contains { $0.policyNumber == asked }
      }
    guard isAbout else { throw Unreadable("it is about another number") }
    return RegisterRecord(
      customer: RegisteredCustomer(
        number: row.number, name: row.name, smsNumber: row.smsNumber, email: row.email,
        status: row.status),
      oldNumbers: row.oldNumbers,
      policies: policies.map {
        Domain.Policy(
          number: $0.writtenNumber, product: $0.product, status: $0.status,
          validFrom: $0.validFrom, validTo: $0.validTo)
      })
  }

  static func oldOwners(_ body: [UInt8]) throws -> [CustomerNumber] {
    // A service that says nothing but 404 has no old numbers.
    if body.isEmpty { return [] }
    guard let answer = try? JSONDecoder().decode(NotFound.self, from: Data(body)) else {
      throw Unreadable("it is no JSON")
    }
    do { return try (answer.oldNumberOf ?? []).map { try CustomerNumber($0) } } catch {
      throw Unreadable("oldNumberOf is no customer number")
    }
  }

  private static func customer(_ customer: Customer) throws -> CustomerRow {
    var warnings: [CellFault] = []
    return try row(
      [
        .number: customer.customerNumber,
        // Spaces separate them in a cell; within one they mean nothing.
        .oldNumbers: (customer.oldCustomerNumbers ?? []).map { $0.filter { $0 != " " } }
          .joined(separator: " "),
        .name: customer.name, .smsNumber: customer.smsNumber ?? "",
        .email: customer.email ?? "", .status: customer.status,
      ], &warnings)
  }

  private static func policy(_ policy: Policy, of customer: CustomerRow) throws -> PolicyRow {
    var warnings: [CellFault] = []
    return try row(
      [
        .policyNumber: policy.policyNumber, .customerNumber: customer.number.text,
        .product: policy.product, .status: policy.status,
        .validFrom: policy.validFrom ?? "", .validTo: policy.validTo ?? "",
      ], &warnings)
  }

  private static func row<Row: RegisterRow>(
    _ values: [Row.Column: String], _ warnings: inout [CellFault]
  ) throws -> Row {
    do throws(CellFault) { return try Row(RegisterCells(values), warnings: &warnings) } catch {
      throw Unreadable("\(error.column): \(error.reason.sentence)")
    }
  }
}
