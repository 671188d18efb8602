package dev.enclave.pkcs11.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.processes.SoftHsm;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads on one token: {@code -Denclave.soak.token-signatures=1000000}. */
@Tag("full")
@Tag("needs-softhsm")
class ManySignaturesTest {

  private static final int THREADS = 64;
  private static final int SIGNATURES = Integer.getInteger("enclave.soak.token-signatures", 10_000);

  /** Long: a machine that does much else must not look like a session's error. */
  private static final SignOptions OPTIONS = SignOptions.defaults().deadline(Duration.ofHours(1));

  @TempDir private Path folder = Path.of("");

  /** Four threads share a session. */
  @Test
  void signsByAllThreads_andEverySignatureVerifies() throws Exception {
    SoftHsm.in(folder).token(TokenEngine.LABEL);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    long begun = System.nanoTime();
    try (Enclave enclave = TokenEngine.over(SoftHsm.library(), folder).open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("busy").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      PublicKey known = key.publicKey().toPublicKey();
      List<Future<Integer>> signed = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int from = thread;
        signed.add(
            threads.submit(
                () -> {
                  Signature verifier = Signature.getInstance("SHA256withECDSA");
                  int verified = 0;
                  for (int next = from; next < SIGNATURES; next += THREADS) {
                    Message message = Message.ofUtf8("message " + next);
                    byte[] signature =
                        key.sign(message, OPTIONS).as(SignatureEncoding.DER).bytes().toByteArray();
                    verifier.initVerify(known);
                    verifier.update(message.toByteArray());
                    assertThat(verifier.verify(signature)).isTrue();
                    verified++;
                  }
                  return verified;
                }));
      }
      int all = 0;
      for (Future<Integer> one : signed) {
        all += one.get();
      }
      assertThat(all).isEqualTo(SIGNATURES);
    } finally {
      threads.shutdownNow();
    }
    System.out.println(
        SIGNATURES
            + " signatures by "
            + THREADS
            + " threads on one token, no error, in "
            + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)
            + " s");
  }
}
