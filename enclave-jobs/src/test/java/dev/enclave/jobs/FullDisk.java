package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.EnclaveException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a process says whose database lies on a small disk, which it fills and frees. */
final class FullDisk {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final Path disk;
  private final Wallet wallet;
  private final List<String> promised = new ArrayList<>();

  private FullDisk(Path disk, Wallet wallet) {
    this.disk = disk;
    this.wallet = wallet;
  }

  public static void main(String[] arguments) throws Exception {
    Path disk = Path.of(arguments[1]);
    if (arguments[0].equals("h2")) {
      new FullDisk(disk, Wallet.in(disk.resolve("jobs"))).run();
      return;
    }
    try (Postgres postgres = Postgres.start()) {
      // It would make room in the table between two submissions.
      postgres.run("ALTER SYSTEM SET autovacuum = off");
      postgres.run("SELECT pg_reload_conf()");
      Path space = Files.createDirectory(disk.resolve("space"));
      postgres.run("CREATE TABLESPACE small LOCATION '" + space + "'");
      postgres.run("ALTER DATABASE postgres SET default_tablespace = small");
      new FullDisk(disk, new Wallet().on(JobsProvider.on(postgres.source()))).run();
    }
  }

  private void run() throws Exception {
    try (Enclave enclave = wallet.open()) {
      Wallet.makeKek(enclave);
      SigningKey key = Wallet.key(enclave, "wallet-42");
      deferred(enclave).find("t-none");
      wallet.backend.begin();
      submit(enclave, key, "with room");
      Path filler = fill();
      String refused = submitUntilRefused(enclave, key);
      submit(enclave, key, refused);
      whileFull(enclave, key);
      if (Files.exists(disk.resolve("jobs"))) {
        readAsItLies();
      }
      Files.delete(filler);
      say("room again");
      submit(enclave, key, refused);
      submit(enclave, key, "with room again");
      wallet.backend.end();
      int done = 0;
      for (String ticket : promised) {
        done += Wallet.ended(enclave, ticket).signature().isPresent() ? 1 : 0;
      }
      say("done: " + (promised.size() - done) + " missing");
      say("health: " + findings(enclave));
    }
    try (Enclave enclave = wallet.open()) {
      sayMissing("after a restart", enclave);
    }
  }

  private Path fill() throws IOException {
    Path filler = disk.resolve("filler");
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(new byte[512]);
      }
    } catch (IOException e) {
      say("full: " + e.getMessage());
    }
    return filler;
  }

  /** What was allocated before may still take some. */
  private String submitUntilRefused(Enclave enclave, SigningKey key) {
    for (int i = 0; i < 10_000; i++) {
      if (!submit(enclave, key, "order-" + i)) {
        return "order-" + i;
      }
    }
    throw new AssertionError("it was never full");
  }

  private boolean submit(Enclave enclave, SigningKey key, String once) {
    try {
      String id = deferred(enclave).submit(key, MESSAGE, SignOptions.by("user:7").once(once)).id();
      promised.add(id);
      if (!once.startsWith("order-")) {
        say("promised " + once);
      }
      return true;
    } catch (EnclaveException e) {
      say("submitting: " + e.code());
      say("since: " + e.getMessage());
      return false;
    }
  }

  private void whileFull(Enclave enclave, SigningKey key) {
    try {
      key.signOrDefer(MESSAGE, SignOptions.by("user:7"));
    } catch (EnclaveException e) {
      say(
          "or later: "
              + e.code()
              + " "
              + List.of(e.getSuppressed()).stream()
                  .map(s -> ((EnclaveException) s).code().name())
                  .collect(Collectors.toList()));
    }
    wallet.backend.end();
    say("signed: " + key.verify(MESSAGE, key.sign(MESSAGE)));
    wallet.backend.begin();
    say("health: " + findings(enclave));
  }

  /** What another process would find if this one were killed now. */
  private void readAsItLies() throws IOException {
    Path copy = Files.createTempDirectory("copy");
    Files.copy(disk.resolve("jobs/deferred.mv.db"), copy.resolve("deferred.mv.db"));
    Wallet other = new Wallet(wallet.keys).set("directory", copy.toString());
    try (Enclave enclave = other.open()) {
      sayMissing("in the file", enclave);
    }
  }

  private void sayMissing(String where, Enclave enclave) {
    long missing = promised.stream().filter(id -> deferred(enclave).find(id).isEmpty()).count();
    say(where + ": " + missing + " missing of " + (promised.isEmpty() ? "none" : "some"));
  }

  private static List<String> findings(Enclave enclave) {
    return enclave.health().findings().stream().map(Finding::code).map(Enum::name).toList();
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
