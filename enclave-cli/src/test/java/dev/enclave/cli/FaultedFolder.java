package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder with keys and an audit log, and what a user can find out about it. */
final class FaultedFolder {

  private static final int REVISION_AND_MAGIC = 16 + 8;
  private static final int COMMITMENT = 32;
  private static final int NONCE = 12;

  private static final Pattern MEMBER = Pattern.compile("\"(name|state)\" : \"([^\"]+)\"");

  private final Path folder;
  private final Cli cli;

  FaultedFolder(Path folder) throws IOException {
    this.folder = folder;
    this.cli = Cli.local(folder);
    Files.writeString(folder.resolve("password"), "correct horse battery staple\n");
    Files.setPosixFilePermissions(
        folder.resolve("password"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }

  Path folder() {
    return folder;
  }

  Path config() {
    return folder.resolve("local.properties");
  }

  /** Runs a command, with the passphrase that the store has now. */
  Cli.Run run(List<String> words) {
    return (resealed() ? withPassphrase() : cli).run(words.toArray(String[]::new));
  }

  void succeed(List<String> words) {
    Cli.Run run = run(words);
    assertThat(run.code()).as(words + ": " + run.err()).isZero();
  }

  private Cli withPassphrase() {
    return cli.variable("ENCLAVE_SOFTWARE_PASSPHRASE_FILE", folder.resolve("password").toString());
  }

  private boolean resealed() {
    try {
      Path store = folder.resolve("keys/store.json");
      return Files.exists(store) && Files.readString(store).contains("PASSPHRASE");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The versions' states of every key, and whether a passphrase protects them. */
  String state() {
    return (resealed() ? "passphrase " : "key file ") + states();
  }

  private Map<String, List<String>> states() {
    Cli.Run listed = run(List.of("keys", "list", "--json"));
    assertThat(listed.code()).as(listed.err()).isZero();
    Map<String, List<String>> states = new TreeMap<>();
    String key = "";
    for (Matcher found = MEMBER.matcher(listed.out()); found.find(); ) {
      if (found.group(1).equals("name")) {
        key = found.group(2);
        states.put(key, new ArrayList<>());
      } else {
        states.getOrDefault(key, new ArrayList<>()).add(found.group(2));
      }
    }
    return states;
  }

  /** What the audit log says of the operations of the processes that were disturbed. */
  List<String> results(String operation) {
    Cli.Run shown = run(List.of("audit", "show"));
    assertThat(shown.code()).as(shown.err()).isZero();
    return shown
        .out()
        .lines()
        .filter(line -> line.endsWith(" by cli:" + System.getProperty("user.name")))
        .map(line -> line.split(" "))
        .filter(words -> words[2].equals(operation))
        .map(words -> words[3])
        .toList();
  }

  /** Every key works that should, the audit log is intact, and doctor finds nothing wrong. */
  void requireWhole(String when) {
    states().forEach((key, versions) -> requireWhole(key, versions, when));
    Cli.Run doctor = run(List.of("doctor"));
    assertThat(doctor.code()).as(when + ", then doctor: " + doctor.out()).isZero();
    Cli.Run verified = run(List.of("audit", "verify"));
    assertThat(verified.code()).as(when + ", then audit verify: " + verified.out()).isZero();
  }

  private void requireWhole(String key, List<String> states, String when) {
    if (states.contains("ACTIVE") && !key.equals("w")) {
      Path signature = folder.resolve("proof");
      for (String line :
          List.of(
              "sign " + key + " " + config() + " --out " + signature,
              "verify " + key + " " + config() + " " + signature)) {
        Cli.Run run = run(List.of(line.split(" ")));
        assertThat(run.code()).as(when + ", then " + line + ": " + run.err()).isZero();
      }
    }
    for (int version = 1; version <= states.size(); version++) {
      assertThat(privateKeys(key, version).isEmpty())
          .as(when + ": no private key of version " + version + " of " + key)
          .isEqualTo(states.get(version - 1).equals("DESTROYED"));
    }
  }

  private List<String> privateKeys(String key, int version) {
    Path file = folder.resolve("keys/key-" + key).resolve("key.sealed");
    return Files.exists(file)
        ? sections(file).stream().filter(label -> label.startsWith(version + "-")).toList()
        : List.of();
  }

  /** The labels of what is sealed in a key's file: its manifest, and a private key a version. */
  private static List<String> sections(Path file) {
    List<String> labels = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(Files.readAllBytes(file)))) {
      in.readNBytes(REVISION_AND_MAGIC);
      for (int text = 0; text < 5; text++) {
        in.readUTF();
      }
      in.readNBytes(in.readUnsignedShort() + COMMITMENT);
      for (int left = in.readUnsignedShort(); left > 0; left--) {
        labels.add(in.readUTF());
        in.readNBytes(in.readInt() + NONCE);
      }
      return labels;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Nothing half-written is left. */
  void requireNoLeftovers(String when) {
    try (Stream<Path> files = Files.walk(folder.resolve("keys"))) {
      assertThat(files.map(Path::toString)).as(when).noneMatch(name -> name.endsWith(".tmp"));
    } catch (java.nio.file.NoSuchFileException e) {
      return; // A command that needs no keys.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
