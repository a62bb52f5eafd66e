internal import ArgumentParser
internal import Domain

/// A number passed to a command, such as that of a message.
extension Identity: ExpressibleByArgument {}
