package import Domain

extension Texts {
  /// A device in words, such as «Chrome, Android».
  package func device(_ device: Device) -> String {
    device.name ?? self["device.unknown"]
  }
}
