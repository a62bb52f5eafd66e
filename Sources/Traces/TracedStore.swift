package import Persistence

extension Tracer {
  /// The same store, whose transactions are parts of what is going on; the store itself where
  /// nothing is recorded.
  ///
  /// - Parameter engine: its name by OpenTelemetry's conventions, `sqlite` or `postgresql`
  package func traced(_ store: any Store, engine: String) -> any Store {
    isOn ? TracedStore(store: store, engine: engine, tracer: self) : store
  }
}

/// A store that records each unit of work, and nothing of what is in it.
private struct TracedStore: Store {
  let store: any Store
  let engine: String
  let tracer: Tracer

  func read<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let span = tracer.startPart()
    do {
      let result = try await store.read(extent, body)
      end(span, "read")
      return result
    } catch {
      end(span, "read", after: error)
      throw error
    }
  }

  func write<Result: Sendable>(
    _ extent: Extent, _ body: @escaping @Sendable (any Transaction) throws -> Result
  ) async throws -> Result {
    let span = tracer.startPart()
    do {
      let result = try await store.write(extent, body)
      end(span, "write")
      return result
    } catch {
      end(span, "write", after: error)
      throw error
    }
  }

  func close() throws { try store.close() }

  private func end(_ span: OpenSpan?, _ name: String, after error: (any Error)? = nil) {
    var attributes: [String: Span.Value] = [
      "db.system.name": .text(engine), "db.operation.name": .text(name),
    ]
    // Its type is a word of ours; what it says may hold anything.
    if let error { attributes["error.type"] = .text("\(type(of: error))") }
    span?.end(name, kind: .client, attributes, isFailed: error != nil)
  }
}
