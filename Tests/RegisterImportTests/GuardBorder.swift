import Testing

@testable import RegisterImport

/// How many rows a guard lets pass in files of a hundred customers and policies.
struct GuardBorder: Sendable, CustomTestStringConvertible {
  let testDescription: String
  var isDelivery = false
  /// What is emptied is changed as well.
  var maxChangePercent = ImportGuards().maxChangePercent
  var maxOwnerChangePercent = ImportGuards().maxOwnerChangePercent
  let most: Int
  /// What is found in the files with one row more.
  let finding: GuardFinding
  /// The rows of the files in which so many are what the guard looks for.
  let files: @Sendable (Int) -> (customers: String, policies: String)

  static let all: [GuardBorder] = wholes + deliveries

  private static let wholes = [
    GuardBorder(
      testDescription: "rejected policies", most: 1,
      finding: .rejected(.policies, 2, of: 100, maxPercent: 1, hint: nil),
      files: { count in
        (customers(), policies(from: { $0 < count ? "2024-02-30" : usualFrom }))
      }),
    GuardBorder(
      testDescription: "removed policies", most: 5,
      finding: .removed(.policies, 6, of: 100, maxPercent: 5),
      files: { (customers(), policies($0..<100)) }),
    GuardBorder(
      testDescription: "removed customers", maxOwnerChangePercent: 100, most: 5,
      // Their policies would have no customer.
      finding: .removed(.customers, 6, of: 100, maxPercent: 5),
      files: { (customers($0..<100), policies(owner: { _ in 99 })) }),
    GuardBorder(
      testDescription: "policies of other customers", most: 5,
      finding: .moved(6, of: 100, maxPercent: 5),
      files: { count in (customers(), policies(owner: slipped(count))) }),
    GuardBorder(
      testDescription: "emptied sms_number", maxChangePercent: 100, most: 50,
      finding: .emptied(.customers, column: "sms_number", 51, of: 100, maxPercent: 50),
      files: { count in (customers(phone: { $0 < count ? "" : usualPhone($0) }), policies()) }),
    GuardBorder(
      testDescription: "emptied valid_from", most: 50,
      finding: .emptied(.policies, column: "valid_from", 51, of: 100, maxPercent: 50),
      files: { count in (customers(), policies(from: { $0 < count ? "" : usualFrom })) }),
    GuardBorder(
      testDescription: "emptied valid_to", most: 50,
      finding: .emptied(.policies, column: "valid_to", 51, of: 100, maxPercent: 50),
      files: { count in (customers(), policies(to: { $0 < count ? "" : usualTo })) }),
  ]

  private static let deliveries = [
    GuardBorder(
      testDescription: "rejected customers of a delivery", isDelivery: true, most: 1,
      finding: .rejected(.customers, 2, of: 100, maxPercent: 1, hint: nil),
      files: { count in
        let bad = String(repeating: "upsert,bad,,Kis Pál,,,active\n", count: count)
        return (bad + customers(count..<100, operation: "upsert,"), "")
      }),
    GuardBorder(
      testDescription: "rejected policies of a delivery", isDelivery: true, most: 1,
      finding: .rejected(.policies, 2, of: 100, maxPercent: 1, hint: nil),
      files: { count in
        ("", policies(operation: "upsert,", from: { $0 < count ? "2024-02-30" : usualFrom }))
      }),
    GuardBorder(
      testDescription: "removed policies of a delivery", isDelivery: true, most: 5,
      finding: .removed(.policies, 6, of: 100, maxPercent: 5),
      files: { ("", policies(0..<$0, operation: "delete,")) }),
    GuardBorder(
      testDescription: "policies that a delivery gives to other customers", isDelivery: true,
      most: 5, finding: .moved(6, of: 100, maxPercent: 5),
      files: { ("", policies(0..<$0, operation: "upsert,", owner: slipped($0))) }),
    GuardBorder(
      testDescription: "customers that slipped in a delivery", isDelivery: true,
      maxOwnerChangePercent: 100, most: 20,
      finding: .movedInDelivery(21, of: 30, maxPercent: 50),
      files: { ("", policies(0..<30, operation: "upsert,", owner: slipped($0))) }),
    GuardBorder(
      testDescription: "emptied cells of a delivery", isDelivery: true, most: 20,
      finding: .emptied(.policies, column: "valid_to", 21, of: 30, maxPercent: 50),
      files: { count in
        ("", policies(0..<30, operation: "upsert,", to: { $0 < count ? "" : usualTo }))
      }),
  ]

  static func customers(
    _ places: Range<Int> = 0..<100, operation: String = "",
    phone: (Int) -> String = { usualPhone($0) }
  ) -> String {
    let all = numbers(1...100)
    return places.map { place in
      "\(operation)\(all[place]),,Próba Péter,\(phone(place)),nev\(place)@pelda.hu,active\n"
    }.joined()
  }

  static func policies(
    _ places: Range<Int> = 0..<100, operation: String = "", owner: (Int) -> Int = { $0 },
    from: (Int) -> String = { _ in usualFrom }, to: (Int) -> String = { _ in usualTo }
  ) -> String {
    let all = numbers(1...100)
    return places.map { place in
      "\(operation)P\(all[place]),\(all[owner(place)]),utas,active,"
        + "\(from(place)),\(to(place))\n"
    }.joined()
  }
}

private let usualFrom = "2024-01-01"
private let usualTo = "2030-12-31"

/// The first few policies have the customer of the next row.
private func slipped(_ count: Int) -> (Int) -> Int {
  { place in place < count ? place + 1 : place }
}

private func usualPhone(_ place: Int) -> String { "+3630\(1_000_000 + place)" }
