package dev.enclave.cli.session;

import dev.enclave.cli.text.Nearest;
import dev.enclave.cli.text.StackTraces;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCategory;
import dev.enclave.internal.Quoted;
import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns every failure into one or two lines and an exit code. */
public final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {

  private final PrintStream err;
  private final RootCommand options;

  public ErrorReport(PrintStream err, RootCommand options) {
    this.err = err;
    this.options = options;
  }

  /** The exit code of a category; 0 and 1 are answers, not failures. */
  public static int exitCode(ErrorCategory category) {
    return switch (category) {
      case USAGE, CONFIGURATION -> 2;
      case POLICY -> 3;
      case CONNECTIVITY, PROVIDER -> 4;
      case INTEGRITY -> 5;
    };
  }

  /** An error of the machine; never 1, which is the answer no. */
  public int fatal(String message) {
    err.println("error: " + message + " (INTERNAL)");
    return exitCode(ErrorCategory.INTEGRITY);
  }

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    Optional<String> stray = command.getUnmatchedArguments().stream().findFirst();
    if (stray.isPresent()) {
      err.println(Texts.NOT_KNOWN.with(what(stray.get(), command), Quoted.of(stray.get())));
      err.println(suggestion(stray.get(), command));
    } else {
      String message = e.getMessage() == null ? Texts.COMMAND_LINE_WRONG.with() : e.getMessage();
      err.println("error: " + Text.printable(message.lines().findFirst().orElse("")));
      err.println(help(command));
    }
    return exitCode(ErrorCategory.USAGE);
  }

  private static String what(String stray, CommandLine command) {
    if (stray.startsWith("-")) {
      return "Option";
    }
    return command.getSubcommands().isEmpty() ? "Argument" : "Command";
  }

  private static String suggestion(String stray, CommandLine command) {
    Stream<String> known =
        stray.startsWith("-")
            ? command.getCommandSpec().optionsMap().keySet().stream()
            : command.getSubcommands().keySet().stream();
    return Nearest.to(stray, known)
        .map(near -> Texts.DID_YOU_MEAN.with(near, help(command)))
        .orElseGet(() -> help(command));
  }

  private static String help(CommandLine command) {
    return "See: " + command.getCommandSpec().qualifiedName() + " --help";
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    if (options.verbose()) {
      StackTraces.print(e, err);
    }
    if (e instanceof EnclaveException failure) {
      String message = failure.getMessage();
      err.println(
          "error: " + message + (message.contains("\n") ? "\n(" : " (") + failure.code() + ")");
      return exitCode(failure.category());
    }
    err.println(Texts.SOMETHING_UNEXPECTED.with(e.getClass().getSimpleName()));
    return exitCode(ErrorCategory.INTEGRITY);
  }
}
