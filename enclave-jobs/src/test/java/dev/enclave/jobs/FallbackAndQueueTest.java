package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.ended;
import static dev.enclave.jobs.Wallet.key;
import static dev.enclave.jobs.Wallet.makeKek;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Fallback;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.software.SoftwareBackendProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In an outage a call that can wait is kept, and one that cannot is signed by a companion. */
@Tag("full")
class FallbackAndQueueTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();

  private final Wallet wallet;

  FallbackAndQueueTest(@TempDir Path folder) {
    wallet = Wallet.in(folder.resolve("jobs")).beside(new SoftwareBackendProvider());
    wallet.settings.put("enclave.fallback", "software");
    wallet.settings.put("enclave.software.directory", folder.resolve("keys").toString());
    wallet.settings.put("enclave.software.passphrase", "correct horse battery staple");
    wallet.settings.put("enclave.jobs.kek", "jobs-kek");
  }

  @Test
  void whoCanWaitGetsTheKeysOwnSignature_whoCannotGetsACompanions() throws Exception {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
    }
    try (Enclave enclave = wallet.ready()) {
      SigningKey key = key(enclave, "wallet-42");
      awaitCompanion(enclave, key);
      wallet.backend.begin();
      assertThat(key.signOrDefer(MESSAGE, SignOptions.defaults()).deferred()).isPresent();
      Ticket ticket = deferred(enclave).submit(key, MESSAGE, SignOptions.by("user:7"));
      SignatureValue now = key.sign(MESSAGE);
      assertThat(Fallback.Endorsement.of(now)).isPresent();
      // Also while companions sign without a try.
      assertThat(key.signOrDefer(MESSAGE, SignOptions.defaults()).deferred()).isPresent();
      assertThat(deferred(enclave).find(ticket.id()).orElseThrow().status())
          .isEqualTo(Status.WAITING);
      wallet.backend.end();
      Ticket done = ended(enclave, ticket.id());
      assertThat(done.status()).isEqualTo(Status.DONE);
      SignatureValue own = done.signature().orElseThrow();
      assertThat(Fallback.Endorsement.of(own)).isEmpty();
      assertThat(key.verify(MESSAGE, own)).isTrue();
    }
  }

  private static void awaitCompanion(Enclave enclave, SigningKey key) {
    long begun = System.nanoTime();
    while (!enclave.fallback().status(key).ready()) {
      if (System.nanoTime() - begun > LONGEST_NANOS) {
        throw new AssertionError(
            "no companion after a minute: " + enclave.fallback().status(key).reason());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
