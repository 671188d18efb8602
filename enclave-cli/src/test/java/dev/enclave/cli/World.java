package dev.enclave.cli;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.InMemoryProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder in which the error cases run: keys, files good and bad, configurations. */
final class World {

  private final Path folder;
  private final Cli cli;

  World(Path folder) {
    this.folder = folder;
    this.cli = Cli.local(folder);
    makeKeys();
    makeFiles();
    makeConfigurations();
    damage();
  }

  private void makeKeys() {
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    cli.succeed("keys", "create", "edward", "--algorithm", "ED25519");
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.succeed("keys", "create", "off", "--algorithm", "ED25519");
    cli.succeed("keys", "disable", "off");
    cli.succeed("keys", "create", "spent", "--algorithm", "ED25519");
    cli.succeed("keys", "destroy", "spent");
    cli.succeed("keys", "create", "rotated", "--algorithm", "ED25519");
    cli.succeed("keys", "rotate", "rotated");
    cli.succeed("keys", "destroy", "rotated", "--version", "1");
  }

  private void makeFiles() {
    cli.file("doc", "pay 10 to Alice");
    cli.file("empty", "");
    cli.file("three-bytes", "abc");
    cli.file("not.pem", "not a key");
    cli.succeed("keys", "public", "wallet", "--out", "wallet.pem");
    cli.succeed("sign", "wallet", "doc", "--out", "sig");
    cli.succeed("seal", "kek", "doc", "--out", "box");
    byte[] box = cli.bytes("box");
    write("box-cut", Arrays.copyOf(box, box.length - 20));
    box[box.length - 1] ^= 1;
    write("box-changed", box);
    directory("folder");
  }

  private void makeConfigurations() {
    String keys = "enclave.software.directory=" + folder.resolve("keys") + "\n";
    String audit = "enclave.audit.directory=" + folder.resolve("audit") + "\n";
    cli.file("production.properties", "enclave.environment=production\n" + keys + audit);
    cli.file("staging.properties", "enclave.environment=staging\n" + keys + audit);
    cli.file("no-audit.properties", "enclave.environment=production\n" + keys);
    cli.file("development.properties", "enclave.environment=development\n" + keys + audit);
    cli.file("undeclared.properties", keys + audit);
    cli.file("misspelt.properties", "enclave.enviroment=local\n");
    cli.file("wrong-value.properties", "enclave.environment=prod\n");
    cli.file("bad-escape.properties", "enclave.environment=\\u00zz\n");
  }

  private void damage() {
    Path keys = world("damaged").resolve("keys");
    for (Path file : files(keys)) {
      if (file.toString().endsWith(".sealed")) {
        byte[] content = read(file);
        content[content.length - 1] ^= 1;
        write(folder.relativize(file).toString(), content);
      }
    }
    change(world("damaged-log").resolve("audit"), "cli:tester", "cli:nobody");
  }

  /** Another store and log, with a key in them. */
  private Path world(String name) {
    Path other = directory(name);
    String config = name + ".properties";
    cli.file(
        config,
        "enclave.environment=local\nenclave.software.directory=%s\nenclave.audit.directory=%s\n"
            .formatted(other.resolve("keys"), other.resolve("audit")));
    cli.succeed("keys", "create", "wallet", "--algorithm", "ED25519", "--config", config);
    cli.succeed("keys", "rotate", "wallet", "--config", config);
    return other;
  }

  /** A command in this folder; {@code machine} is what an error case names. */
  Cli machine(String machine) {
    return switch (machine) {
      case "local" -> cli;
      case "silent" -> Cli.in(folder);
      case "twins" ->
          cli.with(new InMemoryProvider().id("twin")).with(new InMemoryProvider().id("twin"));
      case "impostor" -> cli.with(new InMemoryProvider().id("aws-kms"));
      case "unreachable" ->
          cli.with(
              broken(
                  BackendFailure.permanent(
                      FailureCode.UNAVAILABLE, "far.example does not answer. Check the network.")));
      case "denied" ->
          cli.with(
              broken(
                  BackendFailure.permanent(
                      FailureCode.ACCESS_DENIED,
                      "The identity may not list keys. Grant far:ListKeys.")));
      default -> throw new IllegalArgumentException("no machine is called " + machine);
    };
  }

  private static BrokenProvider broken(BackendFailure failure) {
    return new BrokenProvider(BackendId.of("far"), failure);
  }

  /** The text with everything that differs from run to run replaced. */
  String normalised(String text) {
    return text.replace(folder.toString(), "{folder}")
        .replace(URLEncoder.encode(folder.toString(), StandardCharsets.UTF_8), "{folder}")
        .replaceAll("[0-9a-f]{64}", "{fingerprint}")
        .replaceAll("(file:|jar:file:)\\S*/(\\S+?\\.jar|classes)/?(?=[\\s.,;]|$)", "{jar}");
  }

  private Path directory(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(String name, byte[] content) {
    try {
      Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void change(Path directory, String from, String to) {
    for (Path file : files(directory)) {
      if (!file.toString().endsWith(".jsonl")) {
        continue;
      }
      try {
        Files.writeString(file, Files.readString(file).replace(from, to));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes a folder and all that is in it. */
  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
