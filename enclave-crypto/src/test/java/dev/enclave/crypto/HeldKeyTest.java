package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class HeldKeyTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");
  private static final Bytes SIGNATURE = Bytes.of(new byte[] {1});

  /** Signs as slowly as a test wants. */
  private static final class SlowMaterial implements KeyMaterial.Signing {

    private final CountDownLatch signing = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicBoolean destroyed = new AtomicBoolean();

    @Override
    public KeyAlgorithm algorithm() {
      return SigningAlgorithm.ED25519;
    }

    @Override
    public Optional<PublicKeyInfo> publicKey() {
      return Optional.empty();
    }

    @Override
    public SecretBytes encode() {
      throw new AssertionError("nobody asked for it");
    }

    @Override
    public Bytes sign(SigningInput input) {
      signing.countDown();
      try {
        assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(destroyed).isFalse();
      return SIGNATURE;
    }

    @Override
    public void destroy() {
      destroyed.set(true);
    }
  }

  @Test
  void whoComesWhileItIsBeingClosedIsRefused_andWhoIsAtItFinishes() throws Exception {
    SlowMaterial material = new SlowMaterial();
    LocalKey key = new HeldKey(material);
    FutureTask<Bytes> first = new FutureTask<>(() -> key.sign(MESSAGE));
    FutureTask<Void> second = new FutureTask<>(key::close, null);
    start(first);
    assertThat(material.signing.await(60, TimeUnit.SECONDS)).isTrue();
    Thread closer = start(second);
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertCode(ErrorCode.CLOSED, () -> key.sign(MESSAGE));

    assertThat(material.destroyed).isFalse();
    material.goOn.countDown();
    assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(SIGNATURE);
    second.get(60, TimeUnit.SECONDS);
    assertThat(material.destroyed).isTrue();
  }

  private static Thread start(Runnable work) {
    Thread thread = new Thread(work, "held-key-test");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
