package dev.enclave.cli;

import dev.enclave.cli.session.CommandContext;
import dev.enclave.cli.session.PasswordPrompt;
import dev.enclave.internal.opening.EnclaveEngine;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** The process: connects the real streams and folders and ends with the command's exit code. */
public final class Main {

  private Main() {}

  /** Runs the command line {@code args}. */
  public static void main(String[] args) {
    Logging.configure(List.of(args).contains("--verbose"));
    CommandContext context =
        new CommandContext(
            System.out,
            System.err,
            System.in,
            PasswordPrompt.atTerminal(),
            Path.of("").toAbsolutePath(),
            Path.of(System.getProperty("java.io.tmpdir", ".")).toAbsolutePath(),
            CommandLine.Help.Ansi.AUTO.enabled(), // No pipe, and neither NO_COLOR nor CLICOLOR=0.
            System.getProperty("user.name", "unknown"),
            EnclaveEngine.Parts.none());
    int code = new EnclaveCommand(context).execute(args);
    System.out.flush();
    System.err.flush();
    System.exit(code);
  }
}
