package dev.enclave.testkit.rotation;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keys in memory with a note which version of a key-encryption key seals each. */
final class SealedKeys implements BackendProvider, KeyRewrapper {

  String kek = "1";
  boolean mayWrite = true;
  final Map<KeyName, String> under = new HashMap<>();
  final Map<KeyName, BackendFailure> stuck = new HashMap<>();
  final Set<KeyName> rewrapped = new HashSet<>();
  private final BackendProvider keys;

  SealedKeys(BackendProvider keys) {
    this.keys = keys;
  }

  @Override
  public boolean mayRewrap(CallContext call) {
    return mayWrite;
  }

  @Override
  public KeyVersionId kekVersion(CallContext call) {
    return KeyVersionId.of(kek);
  }

  @Override
  public boolean isCurrent(KeyName name, CallContext call) {
    return under.getOrDefault(name, "1").equals(kek);
  }

  @Override
  public void rewrap(KeyName name, CallContext call) throws BackendFailure {
    if (stuck.containsKey(name)) {
      throw stuck.get(name);
    }
    under.put(name, kek);
    rewrapped.add(name);
  }

  @Override
  public BackendId id() {
    return keys.id();
  }

  @Override
  public Assurance assuranceCeiling() {
    return keys.assuranceCeiling();
  }

  @Override
  public Detection detect(DetectionContext context) {
    return keys.detect(context);
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return new BackendDecorator(keys.open(context)) {
      @Override
      public <C extends Capability> Optional<C> capability(Class<C> type) {
        return type == KeyRewrapper.class
            ? Optional.of(type.cast(SealedKeys.this))
            : super.capability(type);
      }

      @Override
      protected <T> T around(String operation, CallContext call, Call<T> made)
          throws BackendFailure {
        return made.run(call);
      }
    };
  }
}
