package dev.enclave.cli.session;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.cli.text.Painted;
import dev.enclave.cli.text.Text;
import dev.enclave.cli.text.Texts;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import dev.enclave.internal.opening.BackendConfigurator;
import dev.enclave.internal.opening.EnclaveEngine;
import dev.enclave.internal.opening.StatementVerifier;
import dev.enclave.spi.TimeSource;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;

/** What every command needs: the context, the common options, and the library opened by them. */
public final class Session {

  private static final String PREFIX = "enclave.";

  private final CommandContext context;
  private final PrintStream terminal;
  private final RootCommand options;
  private final FileAccess files;

  public Session(CommandContext context, RootCommand options) {
    this.context = context.printable();
    this.terminal = context.out();
    this.options = options;
    this.files = new FileAccess(this.context, terminal);
  }

  /** What the command touches; all that is printed there is printable. */
  public CommandContext context() {
    return context;
  }

  /** Whether the user wants to see more. */
  public boolean verbose() {
    return options.verbose();
  }

  public FileAccess files() {
    return files;
  }

  /** The wall clock that the library goes by. */
  public Instant now() {
    return context.parts().time().map(TimeSource::now).orElseGet(Instant::now);
  }

  /** Answers in one line: an end of a line in it is escaped, as what steers a terminal is. */
  public void print(String line) {
    context.out().println(Text.printable(line));
  }

  /** Answers in lines. */
  public void print(List<String> lines) {
    lines.forEach(this::print);
  }

  /** Answers in lines, in colours where the terminal shows them. */
  public void printPainted(List<Painted> lines) {
    lines.forEach(line -> terminal.println(line.text(context.colour())));
  }

  /** A line beside the answer. */
  public void tell(String line) {
    context.err().println(Text.printable(line));
  }

  /** Says what is wrong with a place that somebody has just come to depend on. */
  public void warn(HealthReport health) {
    for (HealthReport.Finding finding : health.findings()) {
      tell(Texts.WARNING.with(sentence(finding.observed()), sentence(finding.fix())));
    }
  }

  private static String sentence(String text) {
    return text.endsWith(".") ? text : text + ".";
  }

  /** Opens the library for one piece of work on behalf of the user who typed the command. */
  public <T> T withEnclave(Function<Enclave, T> work) {
    return withEnclave(apartFromQueue(), work);
  }

  public <T> T withEnclave(EnclaveFactory.Builder builder, Function<Enclave, T> work) {
    try (Enclave enclave = builder.open()) {
      return work.apply(enclave.by(context.caller()));
    }
  }

  /** A builder for a command that has no part in what the service defers. */
  public EnclaveFactory.Builder apartFromQueue() {
    return builder()
        .override(new ConfigSource(Texts.THE_COMMAND.with(), Map.of("enclave.jobs.mode", "off")));
  }

  /**
   * A builder with everything the command line says. What a service does by itself while it is
   * open, a command does not, however long it takes.
   */
  public EnclaveFactory.Builder builder() {
    EnclaveFactory.Builder builder = EnclaveFactory.builder().scheduler((delay, task) -> () -> {});
    EnclaveEngine.Parts parts = context.parts();
    parts.providers().forEach(builder::with);
    parts.detectors().forEach(builder::with);
    parts.auditOutputs().forEach(builder::with);
    parts.auditSink().ifPresent(builder::with);
    parts.environment().ifPresent(builder::with);
    parts.secrets().ifPresent(builder::with);
    parts.time().ifPresent(builder::with);
    parts.random().ifPresent(builder::random);
    String config = options.config();
    if (config != null) {
      builder.configFile(files.path(config));
    }
    Map<String, String> settings = commandLineSettings();
    if (!settings.isEmpty()) {
      builder.override(new ConfigSource(Texts.COMMAND_LINE.with(), settings));
    }
    return builder;
  }

  /** The same for what works below the engine; {@code more} wins. */
  public EnclaveEngine.Request request(ConfigSource... more) {
    Map<String, String> settings = commandLineSettings();
    List<ConfigSource> sources = new ArrayList<>();
    if (!settings.isEmpty()) {
      sources.add(new ConfigSource(Texts.COMMAND_LINE.with(), settings));
    }
    sources.addAll(List.of(more));
    return new EnclaveEngine.Request(
        List.of(),
        sources,
        Optional.ofNullable(options.config()).map(files::path),
        context.parts(),
        true);
  }

  /** What reads the configuration for work below the engine. */
  public static BackendConfigurator configurator() {
    return ofEngine(
        ServiceLoader.load(BackendConfigurator.class, BackendConfigurator.class.getClassLoader()));
  }

  /** What judges statements of HSMs without a backend. */
  public static StatementVerifier statementVerifier() {
    return ofEngine(
        ServiceLoader.load(StatementVerifier.class, StatementVerifier.class.getClassLoader()));
  }

  private static <T> T ofEngine(ServiceLoader<T> services) {
    return services.findFirst().orElseThrow(() -> Texts.NO_ENGINE.as(ErrorCode.ENGINE_NOT_FOUND));
  }

  private Map<String, String> commandLineSettings() {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String setting : options.settings()) {
      int equals = setting.indexOf('=');
      if (!setting.startsWith(PREFIX) || equals < 0) {
        throw Texts.NOT_A_SETTING.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(setting));
      }
      settings.put(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return settings;
  }
}
