internal import ArgumentParser

@main
struct Belepo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "belepo",
    abstract: "Registration of an insurer's customers for its portal.",
    discussion: """
      Try it without any set-up: belepo serve --demo

      Exit codes: 0 done, 1 failed, 64 usage, 65 bad data, 69 something needed is unavailable, \
      75 try again, 78 configuration.
      """,
    subcommands: [
      Serve.self, Dispatch.self, Migrate.self, Register.self, Messages.self, AccountCommand.self,
      CaseCommand.self, StaffCommand.self, HandOver.self, AuditCommand.self, ContractCommand.self,
      Config.self, Password.self, Backup.self, Restore.self, Check.self, Health.self, Version.self,
    ])
}
