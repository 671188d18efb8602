package dev.enclave.gcp.internal.keys;

import static java.util.Comparator.comparingInt;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.KeyName;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.LabelText;
import dev.enclave.gcp.internal.model.VersionNumbers;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Records activations and finds the last one (docs/adr/0021). Thread-safe. */
public final class GcpActivations {

  /** Such a record's id still fits behind the longest name. */
  public static final int LAST_ACTIVATION = 9_999;

  /** So many records in a row may be deleted, and the next one is found. */
  private static final int MOST_DELETED = 8;

  private final GcpCalls calls;
  private final String keyRing;
  private final GcpRetired retired;
  // The last known one of each key: a record never changes, so that reading goes on from there.
  private final Map<KeyName, Activation> known = new ConcurrentHashMap<>();
  // The last one behind which nothing was deleted, as far as this identity was told.
  private final Map<KeyName, Integer> undeleted = new ConcurrentHashMap<>();
  private final Map<KeyName, VersionNumbers> restored = new ConcurrentHashMap<>();

  GcpActivations(GcpCalls calls) {
    this.calls = calls;
    this.keyRing = calls.session().keyRing();
    this.retired = new GcpRetired(calls);
  }

  /**
   * The last one of a key.
   *
   * @param first what holds if nobody recorded any
   */
  Activation last(KeyName name, Activation first, CallContext call) throws BackendFailure {
    Activation last = lastFrom(name, known.getOrDefault(name, first), call);
    learn(name, last);
    return last;
  }

  private void learn(KeyName name, Activation activation) {
    known.merge(name, activation, (a, b) -> a.number() > b.number() ? a : b);
  }

  /** By doubling steps from one that is there, then by halving them. */
  private Activation lastFrom(KeyName name, Activation from, CallContext call)
      throws BackendFailure {
    Activation there = from;
    int missing = 0;
    for (int step = 1; missing == 0; step *= 2) {
      Optional<Activation> next = record(name, there.number() + step, call);
      if (next.isPresent()) {
        there = next.get();
      } else {
        missing = there.number() + step;
      }
    }
    while (missing - there.number() > 1) {
      int middle = (there.number() + missing) / 2;
      Optional<Activation> next = record(name, middle, call);
      if (next.isPresent()) {
        there = next.get();
      } else {
        missing = middle;
      }
    }
    return there;
  }

  /**
   * The last one, where records after a key's last one may have been deleted; nothing if none
   * follows. Asked once: what is deleted later, this process has known.
   *
   * @throws BackendFailure {@link FailureCode#CORRUPT} if the last one was deleted, as far as this
   *     identity is told
   */
  Optional<Activation> pastDeleted(GcpKey key, CallContext call) throws BackendFailure {
    int last = key.last().number();
    if (last == undeleted.getOrDefault(key.name(), 0)) {
      return Optional.empty();
    }
    Optional<Activation> later = beyond(key.name(), last, call);
    if (later.isEmpty()) {
      if (retired.has(GcpNames.key(keyRing, GcpNames.recordId(key.name(), last + 1)), call)) {
        throw deleted(key.name(), last + 1, call);
      }
      undeleted.put(key.name(), last);
    }
    return later;
  }

  /** The last one, if one follows that whose number nobody has. */
  private Optional<Activation> beyond(KeyName name, int before, CallContext call)
      throws BackendFailure {
    for (int missing = 1; missing <= MOST_DELETED; missing++) {
      Optional<Activation> there = record(name, before + missing + 1, call);
      if (there.isPresent()) {
        Activation last = lastFrom(name, there.get(), call);
        learn(name, last);
        return Optional.of(last);
      }
    }
    return Optional.empty();
  }

  /** The one of that number; nothing if nobody recorded it. */
  public Optional<Activation> record(KeyName name, int number, CallContext call)
      throws BackendFailure {
    String resource = GcpNames.key(keyRing, GcpNames.recordId(name, number));
    Optional<CryptoKey> found = GcpDirectory.find(calls, resource, call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    GcpLabels labels = new GcpLabels(found.get().getLabelsMap());
    Optional<Activation> said = labels.activation(name, number);
    if (said.isEmpty()) {
      throw GcpRefusals.mangledRecord(resource);
    }
    labels.restoredVersions().ifPresent(versions -> restored.put(name, versions));
    return said;
  }

  /** The versions of a key from elsewhere that count, as the record says that ended it. */
  VersionNumbers restored(KeyName name, Activation last, CallContext call) throws BackendFailure {
    if (last.number() < Activation.RESTORATION) {
      return VersionNumbers.of();
    }
    if (!restored.containsKey(name)) {
      record(name, Activation.RESTORATION, call);
    }
    VersionNumbers versions = restored.get(name);
    if (versions == null) {
      throw GcpRefusals.mangledRecord(
          GcpNames.key(keyRing, GcpNames.recordId(name, Activation.RESTORATION)));
    }
    return versions;
  }

  /** Whether that operation recorded an activation of that version. */
  public boolean recorded(GcpKey key, int version, String operationId, CallContext call)
      throws BackendFailure {
    Optional<Activation> said = Optional.of(key.last());
    while (said.isPresent()) {
      if (said.get().active() == version && said.get().operationId().equals(operationId)) {
        return true;
      }
      int before = said.get().number() - 1;
      said = before > 1 ? record(key.name(), before, call) : Optional.empty();
    }
    return false;
  }

  /**
   * Records an activation.
   *
   * @return the one that holds, which an earlier attempt may have recorded; none if somebody else
   *     recorded another one of that number
   */
  public Optional<Activation> claim(KeyName name, Activation next, CallContext call)
      throws BackendFailure {
    return claim(name, next, GcpLabels.of(name, next), call);
  }

  /** Records the first activation of a key from elsewhere, and which of its versions count. */
  public boolean claim(KeyName name, Activation next, VersionNumbers versions, CallContext call)
      throws BackendFailure {
    boolean ours = claim(name, next, GcpLabels.of(name, next, versions), call).isPresent();
    if (ours) {
      restored.put(name, versions);
    }
    return ours;
  }

  private Optional<Activation> claim(
      KeyName name, Activation next, Map<String, String> labels, CallContext call)
      throws BackendFailure {
    if (next.number() > LAST_ACTIVATION || next.used().toString().length() > LabelText.CAPACITY) {
      throw GcpRefusals.tooManyActivations(name);
    }
    String id = GcpNames.recordId(name, next.number());
    if (makeRecord(id, labels, call).isPresent()) {
      learn(name, next);
      return Optional.of(next);
    }
    // Perhaps by an earlier attempt of the same operation, whose answer was lost.
    Optional<Activation> there = record(name, next.number(), call);
    if (there.isEmpty() && beyond(name, next.number(), call).isEmpty()) {
      throw deleted(name, next.number(), call);
    }
    return there.filter(next::decidesAs);
  }

  /**
   * What was made is there for every reader at once: a taken name without a record is a deleted
   * one.
   */
  private BackendFailure deleted(KeyName name, int number, CallContext call) throws BackendFailure {
    String key = GcpNames.key(keyRing, name.value());
    return GcpRefusals.deletedRecord(
        keyRing,
        name,
        number,
        GcpDirectory.versions(calls, key, call).stream()
            .filter(version -> version.getState() == CryptoKeyVersionState.ENABLED)
            .max(comparingInt(version -> GcpNames.numberOf(version.getName()).orElse(0))));
  }

  /** Makes a CryptoKey that is nothing but its labels; nothing if one of that id is there. */
  public Optional<CryptoKey> makeRecord(String id, Map<String, String> labels, CallContext call)
      throws BackendFailure {
    return calls.makeKey(
        CreateCryptoKeyRequest.newBuilder()
            .setParent(keyRing)
            .setCryptoKeyId(id)
            .setSkipInitialVersionCreation(true)
            .setCryptoKey(
                CryptoKey.newBuilder()
                    .setPurpose(CryptoKeyPurpose.ENCRYPT_DECRYPT)
                    .setImportOnly(true)
                    .setVersionTemplate(
                        CryptoKeyVersionTemplate.newBuilder()
                            .setProtectionLevel(ProtectionLevel.HSM)
                            .setAlgorithm(CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION))
                    .putAllLabels(labels))
            .build(),
        call);
  }
}
