package dev.enclave.cli;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
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
public final class World {

  private final Path folder;
  private final Cli cli;
  private final CloudShapedProvider cloud = new CloudShapedProvider(CloudVariant.COMPARE_AND_SET);

  World(Path folder) {
    this.folder = folder;
    this.cli = Cli.local(folder);
    makeKeys();
    makeFiles();
    makeConfigurations();
    makeBackups();
    damage();
  }

  private void makeKeys() {
    cli.succeed("keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
    cli.succeed("keys", "create", "edward", "--algorithm", "ED25519");
    cli.succeed("keys", "create", "kek", "--algorithm", "AES_256_GCM");
    cli.succeed("keys", "create", "off", "--algorithm", "ED25519");
    cli.succeed("keys", "disable", "off");
    cli.succeed("keys", "create", "spent", "--algorithm", "ED25519");
    cli.succeed("keys", "disable", "spent");
    cli.succeed("keys", "destroy", "spent", "--yes");
    cli.succeed("keys", "create", "rotated", "--algorithm", "ED25519");
    cli.succeed("keys", "rotate", "rotated", "--yes");
    cli.succeed("keys", "destroy", "rotated", "--version", "1", "--yes");
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

  private void makeBackups() {
    cli.file("password", "correct horse battery\n");
    cli.file("password-wrong", "correct horse buttery\n");
    cli.file("password-short", "horse\n");
    write("password-latin1", new byte[] {'h', (byte) 0xf6, 'r', 's', 'e', '\n'});
    cli.succeed("keys", "backup", "rotated", "--out", "backup", "--password-file", "password");
    cli.succeed("keys", "create", "pair", "--algorithm", "ED25519");
    cli.succeed("keys", "rotate", "pair", "--yes");
    cli.succeed("keys", "backup", "pair", "--out", "backup-pair", "--password-file", "password");
    String pair = new String(cli.bytes("backup-pair"), StandardCharsets.US_ASCII);
    String end = "-----END ENCRYPTED PRIVATE KEY-----\n";
    cli.file("backup-cut", pair.substring(0, pair.length() - 100));
    cli.file("backup-half", pair.substring(0, pair.indexOf(end) + end.length()));
    int late = pair.length() - 300;
    String other = pair.charAt(late) == 'A' ? "B" : "A";
    cli.file("backup-flipped", pair.substring(0, late) + other + pair.substring(late + 1));
    cli.file("backup-garbled", pair.replaceFirst("MI", "M!"));
    inTheCloud("keys", "create", "far", "--algorithm", "ECDSA_P256_SHA256");
    makeForeignKeys();
  }

  private void inTheCloud(String... args) {
    cli.with(cloud)
        .succeed(
            Stream.concat(
                    Stream.of("-Denclave.backend=cloud", "-Denclave.environment=development"),
                    Arrays.stream(args))
                .toArray(String[]::new));
  }

  private void makeForeignKeys() {
    OpenSsl.make(folder, "genpkey -algorithm ed25519 -out plain.pem");
    OpenSsl.make(
        folder,
        "genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -aes256 -pass file:password"
            + " -out rsa.pem");
    OpenSsl.make(
        folder,
        "genpkey -algorithm ec -pkeyopt ec_paramgen_curve:secp256k1 -aes256 -pass"
            + " file:password -out secp256k1.pem");
    OpenSsl.make(folder, "genpkey -algorithm x25519 -aes256 -pass file:password -out x25519.pem");
    String topk8 = "pkcs8 -topk8 -in plain.pem -passout file:password ";
    OpenSsl.make(folder, topk8 + "-v2 aes-256-cbc -out foreign.pem");
    OpenSsl.make(folder, topk8 + "-v2 aes-128-cbc -out aes128.pem");
    OpenSsl.make(folder, topk8 + "-v2 des3 -out des3.pem");
    OpenSsl.make(folder, topk8 + "-v1 PBE-SHA1-3DES -out pbes1.pem");
    OpenSsl.make(folder, topk8 + "-v2 aes-256-cbc -v2prf hmacWithSHA1 -out sha1.pem");
    OpenSsl.make(folder, topk8 + "-v2 aes-256-cbc -outform DER -out foreign.der");
    OpenSsl.make(folder, "req -x509 -key plain.pem -subj /CN=test -days 1 -out certificate.pem");
    OpenSsl.make(
        folder,
        "pkcs12 -export -inkey plain.pem -in certificate.pem -passout file:password -out"
            + " key.p12");
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
    cli.succeed("keys", "rotate", "wallet", "--yes", "--config", config);
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
      case "cloud" -> cli.with(cloud);
      case "hsm" -> cli.with(new InMemoryProvider().id("hsm"));
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
  public static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
