package dev.enclave.cli;

import dev.enclave.Bytes;
import dev.enclave.EnclaveExtension;
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
import java.util.stream.Stream;

/** Runs the command in this process, in a folder of its own, on a machine that says nothing. */
final class Cli {

  private final Path folder;
  private final FakeEnvironment environment;
  private final List<EnclaveExtension> extensions;
  private final byte[] input;
  private final List<String> passwords;
  private final Optional<PasswordPrompt> asked;
  private final boolean colour;

  /** What a run gave. */
  record Run(int code, Bytes stdout, String err) {
    String out() {
      return new String(stdout.toByteArray(), StandardCharsets.UTF_8);
    }
  }

  private Cli(
      Path folder,
      FakeEnvironment environment,
      List<EnclaveExtension> extensions,
      byte[] input,
      List<String> passwords,
      Optional<PasswordPrompt> asked,
      boolean colour) {
    this.folder = folder;
    this.environment = environment;
    this.extensions = extensions;
    this.input = input;
    this.passwords = passwords;
    this.asked = asked;
    this.colour = colour;
  }

  /** In this folder, with nothing configured. */
  static Cli in(Path folder) {
    FakeEnvironment silent =
        FakeEnvironment.empty().withProperty("user.home", folder.resolve("home").toString());
    return new Cli(folder, silent, List.of(), new byte[0], List.of(), Optional.empty(), false);
  }

  /** In this folder, with ENCLAVE_CONFIG naming a LOCAL configuration whose keys lie in it. */
  static Cli local(Path folder) {
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

  Cli variable(String name, String value) {
    return new Cli(
        folder, environment.withVariable(name, value), extensions, input, passwords, asked, colour);
  }

  /** On a machine that says more. */
  Cli on(UnaryOperator<FakeEnvironment> more) {
    return new Cli(folder, more.apply(environment), extensions, input, passwords, asked, colour);
  }

  Cli with(EnclaveExtension extension) {
    List<EnclaveExtension> more = new ArrayList<>(extensions);
    more.add(extension);
    return new Cli(folder, environment, more, input, passwords, asked, colour);
  }

  Cli reading(byte[] standardInput) {
    return new Cli(folder, environment, extensions, standardInput, passwords, asked, colour);
  }

  /** At a terminal where these are typed, one at each question. */
  Cli typing(String... typed) {
    return new Cli(folder, environment, extensions, input, List.of(typed), asked, colour);
  }

  /** On a terminal that shows colours. */
  Cli inColour() {
    return new Cli(folder, environment, extensions, input, passwords, asked, true);
  }

  /** At a terminal that does as it likes when a password is asked for. */
  Cli asking(PasswordPrompt prompt) {
    return new Cli(folder, environment, extensions, input, passwords, Optional.of(prompt), colour);
  }

  private PasswordPrompt prompt() {
    if (asked.isPresent()) {
      return asked.get();
    }
    Iterator<String> next = passwords.iterator();
    return question -> next.hasNext() ? Optional.of(next.next().toCharArray()) : Optional.empty();
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** Writes a file into the folder. */
  Path file(String name, String content) {
    return write(folder.resolve(name), content);
  }

  byte[] bytes(String name) {
    try {
      return Files.readAllBytes(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Run run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CommandContext context =
        new CommandContext(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new ByteArrayInputStream(input),
            prompt(),
            folder,
            folder,
            colour,
            "tester",
            Stream.concat(Stream.of(environment), extensions.stream()).toList());
    int code = new EnclaveCommand(context).execute(args);
    return new Run(code, Bytes.of(out.toByteArray()), err.toString(StandardCharsets.UTF_8));
  }

  /** As {@link #run}, for a step that must succeed before the test begins. */
  Run succeed(String... args) {
    Run run = run(args);
    if (run.code() != 0) {
      throw new AssertionError(
          String.join(" ", args) + " ended with " + run.code() + ": " + run.err());
    }
    return run;
  }

  private static Path write(Path file, String content) {
    try {
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
