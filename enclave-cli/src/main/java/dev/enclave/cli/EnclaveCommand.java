package dev.enclave.cli;

import dev.enclave.cli.audit.AuditCheckProofCommand;
import dev.enclave.cli.audit.AuditCheckpointCommand;
import dev.enclave.cli.audit.AuditCommand;
import dev.enclave.cli.audit.AuditExportCommand;
import dev.enclave.cli.audit.AuditProveCommand;
import dev.enclave.cli.audit.AuditPublicKeysCommand;
import dev.enclave.cli.audit.AuditShowCommand;
import dev.enclave.cli.audit.AuditVerifyCommand;
import dev.enclave.cli.audit.InitCommand;
import dev.enclave.cli.check.ConformanceCommand;
import dev.enclave.cli.check.DoctorCommand;
import dev.enclave.cli.demo.DemoCommand;
import dev.enclave.cli.emulator.EmulatorAwsCommand;
import dev.enclave.cli.emulator.EmulatorAzureCommand;
import dev.enclave.cli.emulator.EmulatorCommand;
import dev.enclave.cli.emulator.EmulatorGcpCommand;
import dev.enclave.cli.keys.AttestationCommand;
import dev.enclave.cli.keys.AttestationVerifyCommand;
import dev.enclave.cli.keys.KeysBackupCommand;
import dev.enclave.cli.keys.KeysCommand;
import dev.enclave.cli.keys.KeysCreateCommand;
import dev.enclave.cli.keys.KeysDestroyCommand;
import dev.enclave.cli.keys.KeysDisableCommand;
import dev.enclave.cli.keys.KeysDueCommand;
import dev.enclave.cli.keys.KeysEnableCommand;
import dev.enclave.cli.keys.KeysListCommand;
import dev.enclave.cli.keys.KeysPlanReinstatementCommand;
import dev.enclave.cli.keys.KeysPublicCommand;
import dev.enclave.cli.keys.KeysReconcileCommand;
import dev.enclave.cli.keys.KeysReinitialiseCommand;
import dev.enclave.cli.keys.KeysReinstateCommand;
import dev.enclave.cli.keys.KeysResealCommand;
import dev.enclave.cli.keys.KeysRestoreCommand;
import dev.enclave.cli.keys.KeysRotateCommand;
import dev.enclave.cli.keys.KeysRotationCommand;
import dev.enclave.cli.keys.KeysShowCommand;
import dev.enclave.cli.keys.KeysStatementKeyCommand;
import dev.enclave.cli.migrate.MigrateApproveCommand;
import dev.enclave.cli.migrate.MigrateCommand;
import dev.enclave.cli.migrate.MigrateDestroyCommand;
import dev.enclave.cli.migrate.MigrateDryRunCommand;
import dev.enclave.cli.migrate.MigratePlanCommand;
import dev.enclave.cli.migrate.MigratePlanDestructionCommand;
import dev.enclave.cli.migrate.MigrateProposeCommand;
import dev.enclave.cli.migrate.MigrateRunCommand;
import dev.enclave.cli.migrate.MigrateVerifyCommand;
import dev.enclave.cli.queue.QueueCancelCommand;
import dev.enclave.cli.queue.QueueCommand;
import dev.enclave.cli.queue.QueueListCommand;
import dev.enclave.cli.queue.QueueRetryCommand;
import dev.enclave.cli.queue.QueueShowCommand;
import dev.enclave.cli.session.CommandContext;
import dev.enclave.cli.session.ErrorReport;
import dev.enclave.cli.session.RootCommand;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.cli.use.ResealCommand;
import dev.enclave.cli.use.SealCommand;
import dev.enclave.cli.use.SignCommand;
import dev.enclave.cli.use.UnsealCommand;
import dev.enclave.cli.use.VerifyCommand;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Runs one command line within a {@link CommandContext}; make another for the next. */
public final class EnclaveCommand {

  private final CommandLine commandLine;
  private final ErrorReport errors;

  /** A command that touches only what {@code context} holds. */
  public EnclaveCommand(CommandContext context) {
    RootCommand root = new RootCommand();
    Session session = new Session(context, root);
    CommandContext printable = session.context();
    errors = new ErrorReport(printable.err(), root);

    CommandLine keys = new CommandLine(new KeysCommand());
    CommandLine audit = new CommandLine(new AuditCommand());
    CommandLine queue = new CommandLine(new QueueCommand());
    CommandLine attestation = new CommandLine(new AttestationCommand());
    CommandLine migrate = new CommandLine(new MigrateCommand());
    CommandLine emulator = new CommandLine(new EmulatorCommand());
    commandLine =
        new CommandLine(root)
            .addSubcommand(new DemoCommand(session))
            .addSubcommand(new DoctorCommand(session))
            .addSubcommand(new InitCommand(session))
            .addSubcommand(keys)
            .addSubcommand(new SignCommand(session))
            .addSubcommand(new VerifyCommand(session))
            .addSubcommand(new SealCommand(session))
            .addSubcommand(new UnsealCommand(session))
            .addSubcommand(new ResealCommand(session))
            .addSubcommand(attestation)
            .addSubcommand(audit)
            .addSubcommand(queue)
            .addSubcommand(migrate)
            .addSubcommand(new ConformanceCommand(session))
            .addSubcommand(emulator);
    // After their parents: a command inherits options only from what it is added to.
    keys.addSubcommand(new KeysCreateCommand(session))
        .addSubcommand(new KeysListCommand(session))
        .addSubcommand(new KeysShowCommand(session))
        .addSubcommand(new KeysRotateCommand(session))
        .addSubcommand(new KeysRotationCommand(session))
        .addSubcommand(new KeysDueCommand(session))
        .addSubcommand(new KeysDisableCommand(session))
        .addSubcommand(new KeysEnableCommand(session))
        .addSubcommand(new KeysPlanReinstatementCommand(session))
        .addSubcommand(new KeysReinstateCommand(session))
        .addSubcommand(new KeysDestroyCommand(session))
        .addSubcommand(new KeysPublicCommand(session))
        .addSubcommand(new KeysStatementKeyCommand(session))
        .addSubcommand(new KeysBackupCommand(session))
        .addSubcommand(new KeysRestoreCommand(session))
        .addSubcommand(new KeysResealCommand(session))
        .addSubcommand(new KeysReconcileCommand(session))
        .addSubcommand(new KeysReinitialiseCommand(session));
    attestation.addSubcommand(new AttestationVerifyCommand(session));
    audit
        .addSubcommand(new AuditVerifyCommand(session))
        .addSubcommand(new AuditCheckpointCommand(session))
        .addSubcommand(new AuditProveCommand(session))
        .addSubcommand(new AuditCheckProofCommand(session))
        .addSubcommand(new AuditShowCommand(session))
        .addSubcommand(new AuditPublicKeysCommand(session))
        .addSubcommand(new AuditExportCommand(session));
    queue
        .addSubcommand(new QueueListCommand(session))
        .addSubcommand(new QueueShowCommand(session))
        .addSubcommand(new QueueCancelCommand(session))
        .addSubcommand(new QueueRetryCommand(session));
    migrate
        .addSubcommand(new MigratePlanCommand(session))
        .addSubcommand(new MigrateProposeCommand(session))
        .addSubcommand(new MigrateApproveCommand(session))
        .addSubcommand(new MigrateDryRunCommand(session))
        .addSubcommand(new MigrateRunCommand(session))
        .addSubcommand(new MigratePlanDestructionCommand(session))
        .addSubcommand(new MigrateDestroyCommand(session))
        .addSubcommand(new MigrateVerifyCommand(session));
    emulator.addSubcommand(new EmulatorAwsCommand(session));
    emulator.addSubcommand(new EmulatorAzureCommand(session));
    emulator.addSubcommand(new EmulatorGcpCommand(session));
    commandLine
        .setExpandAtFiles(false)
        .setOut(Text.writer(printable.out()))
        .setErr(Text.writer(printable.err()))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors);
  }

  /**
   * Runs {@code args}.
   *
   * @return the exit code: 0 yes, 1 no, 2 usage or configuration, 3 policy, 4 backend unavailable
   *     or refusing, 5 integrity
   */
  public int execute(String... args) {
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      return errors.fatal(Texts.MEMORY_RAN_OUT.with());
    } catch (Error e) {
      return errors.fatal(Texts.JAVA_RUNTIME_FAILED.with(e.getClass().getSimpleName()));
    }
  }
}
