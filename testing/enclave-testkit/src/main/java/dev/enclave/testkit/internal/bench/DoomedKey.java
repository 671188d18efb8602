package dev.enclave.testkit.internal.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.BackendHarness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A key of three versions, and what is known of it. */
public final class DoomedKey {

  private static final Message MESSAGE = Message.ofUtf8("signed while all were there");

  private final BackendHarness harness;
  private final Workbench bench;
  private final Enclave enclave;
  private final KeySpec<SigningKey> spec;
  private final KeyHandle handle;
  private final List<KeyVersion> versions;
  private final List<SignatureValue> signatures = new ArrayList<>();
  private final Set<KeyVersionId> destroyed = new HashSet<>();

  public DoomedKey(BackendHarness harness, Enclave enclave, Workbench bench) {
    this.harness = harness;
    this.bench = bench;
    this.enclave = enclave;
    this.spec =
        KeySpec.named(bench.freshName().value())
            .algorithm(bench.signingAlgorithm())
            .rotation(RotationInterval.NEVER);
    SigningKey key = enclave.createKey(spec);
    this.handle = key.handle();
    signatures.add(key.sign(MESSAGE));
    for (int rotation = 1; rotation <= 2; rotation++) {
      enclave
          .admin()
          .key(key.handle())
          .rotate(RotationRequest.ifActive(key.activeVersion()).reason(RotationReason.SCHEDULED));
      signatures.add(key.sign(MESSAGE));
    }
    this.versions = key.info().versions();
    assertThat(versions)
        .extracting(KeyVersion::state)
        .containsExactly(KeyState.VERIFY_ONLY, KeyState.VERIFY_ONLY, KeyState.ACTIVE);
  }

  public void destroyAll(boolean newestFirst) throws InterruptedException {
    List<KeyVersion> order = new ArrayList<>(versions);
    if (newestFirst) {
      Collections.reverse(order);
    }
    for (KeyVersion version : order) {
      destroyed.add(version.id());
      ManagedKey managed = enclave.admin().key(handle);
      if (version.state() == KeyState.ACTIVE) {
        managed.disable(version.id());
      }
      requireRight(managed.destroy(version.id()));
      requireRight(enclave);
      if (harness.expects(BackendTrait.PERSISTENT)) {
        bench.awaitKey(handle.name(), this::showsWhatIsDestroyed);
        try (Enclave other = EngineBackend.open(harness)) {
          requireRight(other);
        }
      }
    }
    requireTheNameTaken();
  }

  private boolean showsWhatIsDestroyed(KeySnapshot key) {
    return key.versions().stream()
        .filter(version -> destroyed.contains(version.id()))
        .allMatch(version -> version.state() == KeyState.DESTROYED);
  }

  private void requireRight(Enclave any) {
    // By the handle too, which names the first version's public key.
    requireRight(any.admin().key(handle).info());
    requireRight(any.admin().key(handle.name().value()).info());
    for (SignatureValue signature : signatures) {
      if (!destroyed.contains(signature.version())) {
        assertThat(any.signingKeys().key(handle).verify(MESSAGE, signature))
            .as("verification by version " + signature.version())
            .isTrue();
      }
    }
    requireSigningExactlyWhileTheActiveOneIsThere(any.signingKeys().key(handle));
  }

  /** What is destroyed may be gone from the list; whatever is in it is as it was. */
  private void requireRight(KeyInfo info) {
    assertThat(info.versions()).isNotEmpty();
    for (KeyVersion version : info.versions()) {
      KeyVersion before = version(version.id());
      assertThat(version.state())
          .as("state of version " + version.id())
          .isEqualTo(destroyed.contains(version.id()) ? KeyState.DESTROYED : before.state());
      if (version.publicKey().isPresent()) {
        assertThat(version.publicKey())
            .as("public key of version " + version.id())
            .isEqualTo(before.publicKey());
      }
    }
    assertThat(info.versions())
        .extracting(KeyVersion::id)
        .as("versions that are not destroyed")
        .containsAll(
            versions.stream().map(KeyVersion::id).filter(id -> !destroyed.contains(id)).toList());
  }

  private KeyVersion version(KeyVersionId id) {
    return versions.stream()
        .filter(version -> version.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("a version " + id + " that never was"));
  }

  private void requireSigningExactlyWhileTheActiveOneIsThere(SigningKey key) {
    KeyVersionId active = versions.get(versions.size() - 1).id();
    if (destroyed.contains(active)) {
      assertThat(catchThrowableOfType(EnclaveException.class, () -> key.sign(MESSAGE)).code())
          .isEqualTo(ErrorCode.KEY_NOT_ACTIVE);
    } else {
      assertThat(key.sign(MESSAGE).version()).isEqualTo(active);
    }
  }

  /** A new key under the old name would pass for the old one. */
  private void requireTheNameTaken() {
    assertThat(catchThrowableOfType(EnclaveException.class, () -> enclave.createKey(spec)).code())
        .isEqualTo(ErrorCode.KEY_ALREADY_EXISTS);
  }
}
