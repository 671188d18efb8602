package dev.enclave.cli.session;

import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code enclave}: the options that stand anywhere on the line. */
@Command(
    name = "enclave",
    versionProvider = Version.class,
    sortOptions = false,
    description = "Private keys, wherever they live: create, use, rotate and audit them.",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0 yes   1 no (signature not valid)   2 usage or configuration",
      "  3 policy refusal   4 backend unavailable or refusing   5 integrity failure"
    })
public final class RootCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Read settings from this properties file, in place of ENCLAVE_CONFIG's.")
  private @Nullable String config;

  @Option(
      names = "-D",
      paramLabel = "enclave.NAME=VALUE",
      scope = ScopeType.INHERIT,
      parameterConsumer = SettingCollector.class,
      description =
          "Set one setting; wins over every other source, but does not make the policy less strict."
              + " May be repeated.")
  private final List<String> settings = new ArrayList<>();

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the log, and the stack trace of an error.")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean version;

  @Nullable String config() {
    return config;
  }

  List<String> settings() {
    return settings;
  }

  boolean verbose() {
    return verbose;
  }

  @Override
  public void run() {
    throw Text.missingSubcommand(spec);
  }

  /**
   * Keeps the settings of every place on the line; picocli itself begins a new list at each
   * subcommand.
   */
  static final class SettingCollector implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> rest, ArgSpec option, CommandSpec command) {
      if (rest.isEmpty()) {
        throw new ParameterException(command.commandLine(), Texts.OPTION_D_INCOMPLETE.with());
      }
      ((RootCommand) command.root().userObject()).settings.add(rest.pop());
    }
  }
}
