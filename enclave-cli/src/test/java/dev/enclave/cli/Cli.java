package dev.enclave.cli;

import dev.enclave.Bytes;
import dev.enclave.cli.session.CommandContext;
import dev.enclave.cli.session.PasswordPrompt;
import dev.enclave.internal.opening.EnclaveEngine.Parts;
import dev.enclave.spi.SecretSource;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.testkit.FakeEnvironment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Runs the command in this process, in a folder of its own, on a machine that says nothing. */
public final class Cli {

  private final Path folder;
  private final FakeEnvironment environment;
  private final Parts parts;
  private final byte[] input;
  private final List<String> passwords;
  private final Optional<PasswordPrompt> asked;
  private final boolean colour;

  /** What a run gave. */
  public record Run(int code, Bytes stdout, String err) {
    public String out() {
      return new String(stdout.toByteArray(), StandardCharsets.UTF_8);
    }
  }

  private Cli(
      Path folder,
      FakeEnvironment environment,
      Parts parts,
      byte[] input,
      List<String> passwords,
      Optional<PasswordPrompt> asked,
      boolean colour) {
    this.folder = folder;
    this.environment = environment;
    this.parts = parts;
    this.input = input;
    this.passwords = passwords;
    this.asked = asked;
    this.colour = colour;
  }

  /** In this folder, with nothing configured. */
  public static Cli in(Path folder) {
    FakeEnvironment silent =
        FakeEnvironment.empty().withProperty("user.home", folder.resolve("home").toString());
    return new Cli(folder, silent, Parts.none(), new byte[0], List.of(), Optional.empty(), false);
  }

  /** In this folder, with ENCLAVE_CONFIG naming a LOCAL configuration whose keys lie in it. */
  public static Cli local(Path folder) {
    Path config = folder.resolve("local.properties");
    write(
        config,
        """
        enclave.environment=local
        enclave.software.directory=%s
        enclave.audit.directory=%s
        """
            .formatted(folder.resolve("keys"), folder.resolve("audit")));
    return in(folder).variable("ENCLAVE_CONFIG", config.toString());
  }

  public Cli variable(String name, String value) {
    return new Cli(
        folder, environment.withVariable(name, value), parts, input, passwords, asked, colour);
  }

  /** On a machine that says more. */
  public Cli on(UnaryOperator<FakeEnvironment> more) {
    return new Cli(folder, more.apply(environment), parts, input, passwords, asked, colour);
  }

  public Cli with(BackendProvider provider) {
    return with(
        parts(and(parts.providers(), provider), parts.detectors(), parts.secrets(), parts.time()));
  }

  public Cli with(EnvironmentDetector detector) {
    return with(
        parts(parts.providers(), and(parts.detectors(), detector), parts.secrets(), parts.time()));
  }

  public Cli with(SecretSource source) {
    return with(parts(parts.providers(), parts.detectors(), Optional.of(source), parts.time()));
  }

  public Cli with(TimeSource clock) {
    return with(parts(parts.providers(), parts.detectors(), parts.secrets(), Optional.of(clock)));
  }

  /** With records that go there and nowhere else. */
  public Cli with(AuditSink sink) {
    Parts now = parts(parts.providers(), parts.detectors(), parts.secrets(), parts.time());
    return with(
        new Parts(
            now.providers(),
            now.detectors(),
            now.auditOutputs(),
            now.observers(),
            now.rotationListeners(),
            now.deferral(),
            Optional.of(sink),
            now.environment(),
            now.secrets(),
            now.time(),
            now.scheduler(),
            now.random()));
  }

  private Cli with(Parts other) {
    return new Cli(folder, environment, other, input, passwords, asked, colour);
  }

  private Parts parts(
      List<BackendProvider> providers,
      List<EnvironmentDetector> detectors,
      Optional<SecretSource> secrets,
      Optional<TimeSource> time) {
    return new Parts(
        providers,
        detectors,
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        parts.auditSink(),
        Optional.of(environment),
        secrets,
        time,
        Optional.empty(),
        Optional.empty());
  }

  private static <T> List<T> and(List<T> some, T one) {
    List<T> all = new ArrayList<>(some);
    all.add(one);
    return all;
  }

  public Cli reading(byte[] standardInput) {
    return new Cli(folder, environment, parts, standardInput, passwords, asked, colour);
  }

  /** At a terminal where these are typed, one at each question. */
  public Cli typing(String... typed) {
    return new Cli(folder, environment, parts, input, List.of(typed), asked, colour);
  }

  /** On a terminal that shows colours. */
  public Cli inColour() {
    return new Cli(folder, environment, parts, input, passwords, asked, true);
  }

  /** At a terminal that does as it likes when a password is asked for. */
  public Cli asking(PasswordPrompt prompt) {
    return new Cli(folder, environment, parts, input, passwords, Optional.of(prompt), colour);
  }

  private PasswordPrompt prompt() {
    if (asked.isPresent()) {
      return asked.get();
    }
    Iterator<String> next = passwords.iterator();
    return question -> next.hasNext() ? Optional.of(next.next().toCharArray()) : Optional.empty();
  }

  public Path path(String name) {
    return folder.resolve(name);
  }

  /** Writes a file into the folder. */
  public Path file(String name, String content) {
    return write(folder.resolve(name), content);
  }

  public byte[] bytes(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Run run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        command(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8))
            .execute(args);
    return new Run(code, Bytes.of(out.toByteArray()), err.toString(StandardCharsets.UTF_8));
  }

  /** Starts what runs until it is interrupted. */
  public RunningCommand start(String... args) throws IOException {
    return new RunningCommand(this::command, args);
  }

  private EnclaveCommand command(PrintStream out, PrintStream err) {
    return new EnclaveCommand(
        new CommandContext(
            out,
            err,
            new ByteArrayInputStream(input),
            prompt(),
            folder,
            folder,
            colour,
            "tester",
            parts(parts.providers(), parts.detectors(), parts.secrets(), parts.time())));
  }

  /** As {@link #run}, for a step that must succeed before the test begins. */
  public Run succeed(String... args) {
    Run run = run(args);
    if (run.code() != 0) {
      throw new AssertionError(
          String.join(" ", args) + " ended with " + run.code() + ": " + run.err());
    }
    return run;
  }

  /** Makes a key, rotates it, and plans that its first version signs again. */
  public void planReinstatement(String key, String file) {
    succeed("keys", "create", key, "--algorithm", "ECDSA_SECP256K1_KECCAK256");
    succeed("keys", "rotate", key, "--yes");
    succeed("keys", "plan-reinstatement", key, "--version", "1", "--out", file);
  }

  private static Path write(Path file, String content) {
    try {
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
