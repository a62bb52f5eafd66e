/// The same thing many times at once, with what each came to in the order of their numbers.
func atOnce<Result: Sendable>(
  _ count: Int, _ act: @escaping @Sendable (_ number: Int) async throws -> Result
) async throws -> [Result] {
  try await withThrowingTaskGroup(of: (Int, Result).self) { group in
    for number in 0..<count { group.addTask { (number, try await act(number)) } }
    var results: [(Int, Result)] = []
    for try await result in group { results.append(result) }
    return results.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
