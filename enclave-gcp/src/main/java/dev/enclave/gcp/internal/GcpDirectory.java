package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CreateCryptoKeyRequest;
import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKey.CryptoKeyPurpose;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionAlgorithm;
import com.google.cloud.kms.v1.CryptoKeyVersionTemplate;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import com.google.cloud.kms.v1.ProtectionLevel;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Reads keys, and records activations (docs/adr/0021). Thread-safe. */
final class GcpDirectory {

  private static final int PAGE = 1_000;

  /** Such a record's id still fits behind the longest name. */
  static final int LAST_ACTIVATION = 9_999;

  private final GcpCalls calls;
  private final String keyRing;
  // The last known one of each key: a record never changes, so that reading goes on from there.
  private final Map<KeyName, Activation> known = new ConcurrentHashMap<>();

  GcpDirectory(GcpCalls calls) {
    this.calls = calls;
    this.keyRing = calls.session().keyRing();
  }

  String resource(KeyName name) {
    return GcpNames.key(keyRing, name.value());
  }

  /** The key; nothing if no CryptoKey has the name. */
  Optional<GcpKey> read(KeyName name, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found = find(resource(name), call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    CryptoKey key = found.get();
    GcpLabels labels = new GcpLabels(key.getLabelsMap());
    if (labels.key().filter(name::equals).isEmpty() || labels.algorithm().isEmpty()) {
      throw GcpRefusals.notOurs(name, keyRing);
    }
    GcpKey read = read(name, labels, key, call);
    if (read.active() == 0) {
      // Either none is, or another was made active between the two requests.
      read = read(name, labels, key, call);
    }
    return Optional.of(read);
  }

  /** The activation first, so that the versions that it names are there. */
  private GcpKey read(KeyName name, GcpLabels labels, CryptoKey key, CallContext call)
      throws BackendFailure {
    Activation last = last(name, labels.operationId(), call);
    List<CryptoKeyVersion> versions = versions(key.getName(), call);
    return new GcpKey(name, labels.algorithm().orElseThrow(), key, GcpKey.byNumber(versions), last);
  }

  /** A CryptoKey, whoever made it. */
  Optional<CryptoKey> find(String resource, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found =
        calls.find(
            GcpOperation.GET_KEY,
            resource,
            GetCryptoKeyRequest.newBuilder().setName(resource).build(),
            call);
    if (found.isPresent() && !found.get().getName().equals(resource)) {
      throw GcpRefusals.wrongAnswer("another key was sent than " + resource);
    }
    return found;
  }

  CryptoKeyVersion version(String resource, CallContext call) throws BackendFailure {
    CryptoKeyVersion version =
        calls.send(
            GcpOperation.GET_VERSION,
            resource,
            GetCryptoKeyVersionRequest.newBuilder().setName(resource).build(),
            call);
    if (!version.getName().equals(resource)) {
      throw GcpRefusals.wrongAnswer("another version was sent than " + resource);
    }
    return version;
  }

  List<CryptoKeyVersion> versions(String key, CallContext call) throws BackendFailure {
    List<CryptoKeyVersion> versions = new ArrayList<>();
    String token = "";
    do {
      ListCryptoKeyVersionsResponse page =
          calls.send(
              GcpOperation.LIST_VERSIONS,
              key,
              ListCryptoKeyVersionsRequest.newBuilder()
                  .setParent(key)
                  .setPageSize(PAGE)
                  .setPageToken(token)
                  .build(),
              call);
      for (CryptoKeyVersion version : page.getCryptoKeyVersionsList()) {
        if (!GcpNames.keyOf(version.getName()).equals(key)) {
          throw GcpRefusals.wrongAnswer("another key's versions were sent for " + key);
        }
        versions.add(version);
      }
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return versions;
  }

  private Activation last(KeyName name, String createdBy, CallContext call) throws BackendFailure {
    Activation from = known.getOrDefault(name, Activation.first(createdBy));
    Activation last = lastFrom(name, from, call);
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

  private Optional<Activation> record(KeyName name, int number, CallContext call)
      throws BackendFailure {
    String resource = GcpNames.key(keyRing, GcpNames.recordId(name, number));
    Optional<CryptoKey> found = find(resource, call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Optional<Activation> said = new GcpLabels(found.get().getLabelsMap()).activation(name, number);
    if (said.isEmpty()) {
      throw GcpRefusals.mangledRecord(resource);
    }
    return said;
  }

  /** Whether that operation recorded an activation of that version. */
  boolean recorded(GcpKey key, int version, String operationId, CallContext call)
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
   * @return whether it holds; false if somebody else recorded another one of that number
   */
  boolean claim(KeyName name, Activation next, CallContext call) throws BackendFailure {
    if (next.number() > LAST_ACTIVATION || next.used().toString().length() > LabelText.CAPACITY) {
      throw GcpRefusals.tooManyActivations(name);
    }
    String id = GcpNames.recordId(name, next.number());
    Optional<CryptoKey> made =
        calls.claim(
            GcpOperation.CREATE_KEY,
            keyRing,
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
                                .setAlgorithm(
                                    CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION))
                        .putAllLabels(GcpLabels.of(name, next)))
                .build(),
            call);
    if (made.isPresent()) {
      learn(name, next);
      return true;
    }
    // Perhaps by an earlier attempt of the same operation, whose answer was lost.
    Activation there =
        record(name, next.number(), call)
            .orElseThrow(() -> GcpRefusals.COMMON.notSeenYet("CryptoKey " + id));
    return there.equals(next);
  }
}
