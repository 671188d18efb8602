package dev.enclave.testkit.engine;

import static dev.enclave.testkit.engine.Bench.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.WrappingKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.InMemoryStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import org.junit.jupiter.api.Test;

/** A wrapping key opens what others encrypted with its public key. */
class DecryptTest {

  private static final byte[] SECRET = "a content key".getBytes(StandardCharsets.UTF_8);

  private final Bench bench = Bench.in("local").with(new InMemoryProvider());

  @Test
  void opensWhatTheJdkEncrypted_withTheVersionItWasMadeFor() throws Exception {
    try (Enclave enclave = bench.open()) {
      WrappingKey key = oaepKey(enclave);
      byte[] before = encrypted(key.publicKey().orElseThrow());
      KeyVersionId first = key.activeVersion().id();
      ManagedKey managed = enclave.admin().key("inbox");
      managed.rotate(RotationRequest.now());
      byte[] after = encrypted(key.publicKey().orElseThrow());

      assertThat(key.decrypt(before)).isEqualTo(SECRET);
      assertThat(last().version()).contains(first);
      assertThat(key.decrypt(after)).isEqualTo(SECRET);
      assertThat(key.decrypt(before, first)).isEqualTo(SECRET);
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> key.decrypt(after, first));

      managed.disable(first);
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> key.decrypt(before));
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> key.decrypt(before, first));
      refused(ErrorCode.VERSION_NOT_FOUND, () -> key.decrypt(before, KeyVersionId.of("9")));
    }
  }

  @Test
  void recordsWhatItOpens_andWhatItCannotOpen() throws Exception {
    try (Enclave enclave = bench.open()) {
      WrappingKey key = oaepKey(enclave);
      key.decrypt(encrypted(key.publicKey().orElseThrow()));
      assertThat(last().result()).isEqualTo(Result.SUCCESS);
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> key.decrypt(new byte[3]));
      assertThat(last().result()).isEqualTo(Result.FAILURE);
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> key.decrypt(new byte[384]));
      assertThat(last().result()).isEqualTo(Result.FAILURE);
    }
  }

  @Test
  void opensWhatWasEncryptedForAVersionThatAnotherReplicaJustMade() throws Exception {
    InMemoryStore store = new InMemoryStore();
    try (Enclave here = Bench.in("local").with(new InMemoryProvider(store)).open();
        Enclave there = Bench.in("local").with(new InMemoryProvider(store)).open()) {
      WrappingKey key = oaepKey(here);
      WrappingKey same = there.wrappingKeys().key("inbox");
      byte[] before = encrypted(key.publicKey().orElseThrow());
      KeyVersionId first = key.activeVersion().id();
      ManagedKey managed = here.admin().key("inbox");
      managed.rotate(RotationRequest.now());

      assertThat(same.decrypt(encrypted(key.publicKey().orElseThrow()))).isEqualTo(SECRET);
      there.admin().key("inbox").rotate(RotationRequest.now());
      KeyVersionId third = same.activeVersion().id();
      managed.disable(third);
      // The reading there still says that the third version is active; the first one opens.
      assertThat(same.decrypt(before)).isEqualTo(SECRET);
      assertThat(same.decrypt(before, first)).isEqualTo(SECRET);
    }
  }

  @Test
  void refusesForAnAesKey_whichHasNoPublicKey() {
    try (Enclave enclave = bench.open()) {
      WrappingKey key =
          enclave.createKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM));
      assertThat(key.publicKey()).isEmpty();
      assertThat(refused(ErrorCode.UNSUPPORTED_ALGORITHM, () -> key.decrypt(new byte[384])))
          .contains("kek", "AES_256_GCM", "unseal");
    }
  }

  private AuditEvent last() {
    AuditEvent last = bench.audit.events().get(bench.audit.events().size() - 1);
    assertThat(last.operation()).isEqualTo(Operation.DECRYPT);
    return last;
  }

  private static WrappingKey oaepKey(Enclave enclave) {
    return enclave.createKey(
        KeySpec.named("inbox").algorithm(WrappingAlgorithm.RSA_OAEP_3072_SHA256));
  }

  private static byte[] encrypted(PublicKeyInfo key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(key.algorithm().jcaName());
    cipher.init(
        Cipher.ENCRYPT_MODE, key.toPublicKey(), key.algorithm().jcaParameters().orElseThrow());
    return cipher.doFinal(SECRET);
  }
}
