package dev.enclave.testkit.firstday;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationResult;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdministratorTest {

  private static final Message DOCUMENT = Message.ofUtf8("a document");

  private final Enclave enclave = Enclaves.open(new InMemoryProvider(), new RecordingAuditSink());
  private final SigningKey key =
      enclave.createKey(KeySpec.named("treasury").algorithm(SigningAlgorithm.ED25519));
  private final KeyVersion seenByBoth = key.activeVersion();

  @AfterEach
  void close() {
    enclave.close();
  }

  @Test
  void rotatesOnce_whenTwoAdministratorsRotateAtOnce() throws Exception {
    List<Optional<RotationResult>> results = rotateAtOnce();
    assertThat(results.stream().filter(Optional::isPresent)).hasSize(1);
    assertThat(key.info().versions().stream().filter(v -> v.state() != KeyState.DESTROYED))
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.ACTIVE);
  }

  @Test
  void keepsOldSignaturesGood_andSaysWhoSucceeds() throws Exception {
    SignatureValue before = key.sign(DOCUMENT);
    RotationResult won =
        rotateAtOnce().stream().flatMap(Optional::stream).findFirst().orElseThrow();
    assertThat(key.verify(DOCUMENT, before)).isTrue();
    assertThat(won.statement().orElseThrow().to()).isEqualTo(key.activeVersion().id());
  }

  private List<Optional<RotationResult>> rotateAtOnce() throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Optional<RotationResult>>> rotations =
          List.of("admin:1", "admin:2").stream()
              .map(name -> new Administrator(enclave.admin(), name))
              .map(
                  administrator ->
                      threads.submit(
                          () -> {
                            start.await();
                            return administrator.rotate(key.handle(), seenByBoth);
                          }))
              .toList();
      return List.of(rotations.get(0).get(), rotations.get(1).get());
    } finally {
      threads.shutdown();
    }
  }
}
