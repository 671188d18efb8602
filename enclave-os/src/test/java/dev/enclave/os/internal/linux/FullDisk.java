package dev.enclave.os.internal.linux;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.Message;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.SigningBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A process whose keys lie on a small disk. Prints what it meets, a line each. */
final class FullDisk {

  private static final int LONGEST = "UNAVAILABLE No space is left to write".length();

  private final Desk desk;
  private final Path ballast;

  private FullDisk(Path home, Path disk) {
    this.desk =
        new Desk(
            KeyringDesk.environment(home),
            EnvironmentType.DEVELOPMENT,
            Map.of("directory", disk.resolve("keys").toString(), "unlock-timeout", "PT0S"));
    this.ballast = disk.resolve("ballast");
  }

  /** What to do, at the desk of which home, on which disk. */
  public static void main(String[] arguments) throws Exception {
    FullDisk process = new FullDisk(Path.of(arguments[1]), Path.of(arguments[2]));
    if (arguments[0].equals("fill")) {
      process.fill();
    } else {
      process.start();
    }
  }

  private void fill() throws Exception {
    try (SigningBackend backend = desk.open()) {
      desk.create(backend, "wallet-1");
      say("created wallet-1");
      fillUp();
      attempt("creating", () -> desk.create(backend, "wallet-2"));
      KeySnapshot key = backend.load(KeyName.of("wallet-1"), Desk.call());
      RotateRequest request =
          RotateRequest.of(key.name(), key.versions().get(0).id(), "rotate", KeyState.VERIFY_ONLY);
      attempt(
          "rotating",
          () -> backend.capability(KeyRotator.class).orElseThrow().prepare(request, Desk.call()));
      sign(backend);
    }
    makeRoom();
    try (SigningBackend backend = desk.open()) {
      say(
          "opened with "
              + backend.capability(KeyLister.class).orElseThrow().list(Desk.call())
              + ", findings "
              + backend.health(Desk.call()).findings());
      sign(backend);
      desk.create(backend, "wallet-2");
      say("created wallet-2");
    }
  }

  private void start() throws Exception {
    fillUp();
    attempt("opening", () -> desk.open().close());
    makeRoom();
    desk.open().close();
  }

  private static void sign(SigningBackend backend) throws BackendFailure {
    KeySnapshot key = backend.load(KeyName.of("wallet-1"), Desk.call());
    backend
        .capability(KeySigner.class)
        .orElseThrow()
        .sign(key.ref(key.versions().get(0)), Message.ofUtf8("pay"), Desk.call());
    say("signed with wallet-1");
  }

  private void fillUp() throws IOException {
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] block = new byte[512];
      for (int i = 0; i < 1024; i++) {
        out.write(block);
      }
      say("never full");
    } catch (IOException e) {
      say("full");
    }
  }

  private void makeRoom() throws IOException {
    Files.delete(ballast);
    say("room again");
  }

  /** Something that is to fail. */
  private interface Attempt {
    void run() throws BackendFailure;
  }

  private static void attempt(String what, Attempt attempt) {
    try {
      attempt.run();
      say(what + ": done");
    } catch (BackendFailure e) {
      String said = e.code() + " " + e.getMessage();
      say(what + ": " + said.substring(0, Math.min(LONGEST, said.length())));
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
