package dev.enclave.pkcs11.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.error.EnclaveException;
import dev.enclave.processes.RemoteSoftHsm;
import dev.enclave.processes.SoftHsm;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token whose process ends in mid-call: {@code -Denclave.soak.token-kills=100}. */
@Tag("full")
@Tag("needs-p11-kit")
@Tag("needs-softhsm")
class KilledServerTest {

  private static final int KILLS = Integer.getInteger("enclave.soak.token-kills", 10);
  private static final int THREADS = 4;

  /** What is signed between two kills. */
  private static final int BETWEEN = 50;

  @TempDir private Path folder = Path.of("");

  private RemoteSoftHsm server;

  @BeforeEach
  void start() throws Exception {
    SoftHsm softHsm = SoftHsm.in(folder);
    softHsm.token(TokenEngine.LABEL);
    server = RemoteSoftHsm.start(folder, softHsm);
  }

  @AfterEach
  void end() {
    server.close();
  }

  private static SigningKey key(Enclave enclave) {
    return enclave.ensureKey(KeySpec.named("kept").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
  }

  private static boolean verifies(PublicKey known, Message message, byte[] signature)
      throws Exception {
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(known);
    verifier.update(message.toByteArray());
    return verifier.verify(signature);
  }

  /**
   * With one session: of two calls at once p11-kit 0.25.5 can leave one waiting for good when the
   * connection breaks off, and no library can be initialised anew while a call runs in it.
   */
  @Test
  void goesOnByItself_howeverOftenTheServerIsKilled() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    Semaphore signed = new Semaphore(0);
    AtomicInteger failures = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Enclave enclave =
        TokenEngine.over(RemoteSoftHsm.library(), folder, "enclave.pkcs11.sessions", "1").open()) {
      SigningKey key = key(enclave);
      PublicKey known = key.publicKey().toPublicKey();
      Callable<Integer> signing =
          () -> {
            int right = 0;
            for (int next = 0; !ended.get(); next++) {
              Message message = Message.ofUtf8("message " + next);
              try {
                byte[] signature =
                    key.sign(message).as(SignatureEncoding.DER).bytes().toByteArray();
                assertThat(verifies(known, message, signature)).isTrue();
                right++;
                signed.release();
              } catch (EnclaveException e) {
                failures.incrementAndGet();
                assertThat(e).hasMessageNotContaining("PIN");
              }
            }
            return right;
          };
      List<Future<Integer>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        running.add(threads.submit(signing));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        requireProgress(signed);
        server.kill();
        server.restart();
        signed.drainPermits();
      }
      requireProgress(signed);
      ended.set(true);
      int right = 0;
      for (Future<Integer> one : running) {
        right += one.get();
      }
      System.out.println(
          "a token's process killed "
              + KILLS
              + " times: "
              + right
              + " signatures, all right, "
              + failures
              + " calls failed");
    } finally {
      ended.set(true);
      threads.shutdownNow();
    }
    requireNoPinRefused();
  }

  /** A library that hangs for good ends the test, and not the run. */
  private static void requireProgress(Semaphore signed) throws InterruptedException {
    assertThat(signed.tryAcquire(BETWEEN, 3, TimeUnit.MINUTES))
        .as("%s signatures since the server came back", BETWEEN)
        .isTrue();
  }

  /** The token would tell of one. */
  private static void requireNoPinRefused() throws Exception {
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library())) {
      for (long slot : module.slots(true)) {
        assertThat(module.tokenInfo(slot).flags() & Ck.CKF_USER_PIN_COUNT_LOW).isZero();
      }
    }
  }

  /** The right PIN, which is there again, would be taken: so none was sent. */
  @Test
  void sendsNoPinAgain_thatWasRefusedAfterAKill() throws Exception {
    try (Enclave enclave = TokenEngine.over(RemoteSoftHsm.library(), folder).open()) {
      SigningKey key = key(enclave);
      Message message = Message.ofUtf8("message");
      key.sign(message);
      TokenEngine.pin(folder, "1111-wrong");
      server.kill();
      server.restart();
      assertThatThrownBy(() -> key.sign(message))
          .isInstanceOf(EnclaveException.class)
          .hasMessageContaining("PIN");
      TokenEngine.pin(folder, SoftHsm.PIN);
      assertThatThrownBy(() -> key.sign(message))
          .isInstanceOf(EnclaveException.class)
          .hasMessageContaining("no PIN is sent again")
          .hasMessageContaining("restart the process");
    }
  }

  @Test
  void endsAtTheDeadline_whereTheLibraryHangs_andGoesOnAfterIt() throws Exception {
    try (Enclave enclave = TokenEngine.over(RemoteSoftHsm.library(), folder).open()) {
      SigningKey key = key(enclave);
      Message message = Message.ofUtf8("message");
      key.sign(message);
      server.hold(true);
      assertThatThrownBy(() -> key.sign(message))
          .isInstanceOf(EnclaveException.class)
          .hasMessageContaining("no answer came before the deadline");
      server.hold(false);
      assertThat(
              verifies(
                  key.publicKey().toPublicKey(),
                  message,
                  key.sign(message).as(SignatureEncoding.DER).bytes().toByteArray()))
          .isTrue();
    }
  }
}
