package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.GetCryptoKeyRequest;
import com.google.cloud.kms.v1.GetCryptoKeyVersionRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsRequest;
import com.google.cloud.kms.v1.ListCryptoKeyVersionsResponse;
import dev.enclave.KeyName;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.gcp.internal.model.VersionNumbers;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads keys. Thread-safe. */
public final class GcpDirectory {

  private static final int PAGE = 1_000;

  private final GcpCalls calls;
  private final String keyRing;
  private final GcpActivations activations;

  public GcpDirectory(GcpCalls calls) {
    this.calls = calls;
    this.keyRing = calls.session().keyRing();
    this.activations = new GcpActivations(calls);
  }

  GcpActivations activations() {
    return activations;
  }

  public String resource(KeyName name) {
    return GcpNames.key(keyRing, name.value());
  }

  /** The key; nothing if no CryptoKey has the name. */
  public Optional<GcpKey> read(KeyName name, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found = find(resource(name), call);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    GcpKey read = read(name, found.get(), call);
    if (read.unfinished()) {
      throw GcpRefusals.COMMON.unfinished(name, "take another name", "destroys");
    }
    return Optional.of(read.ofItsOwn());
  }

  /**
   * The same with every version that its CryptoKey has, whether it counts or not, and also where no
   * restoration was finished.
   */
  public Optional<GcpKey> readAll(KeyName name, CallContext call) throws BackendFailure {
    Optional<CryptoKey> found = find(resource(name), call);
    return found.isEmpty() ? Optional.empty() : Optional.of(read(name, found.get(), call));
  }

  private GcpKey read(KeyName name, CryptoKey key, CallContext call) throws BackendFailure {
    GcpLabels labels = new GcpLabels(key.getLabelsMap());
    if (labels.key().filter(name::equals).isEmpty() || labels.algorithm().isEmpty()) {
      throw GcpRefusals.notOurs(name, keyRing);
    }
    GcpKey read = read(name, labels, key, call);
    // Either none is, or another was made active between the two requests.
    return read.active() == 0 ? read(name, labels, key, call) : read;
  }

  /** The activation first, so that the versions that it names are there. */
  private GcpKey read(KeyName name, GcpLabels labels, CryptoKey key, CallContext call)
      throws BackendFailure {
    Activation last =
        activations.last(
            name,
            labels.restored()
                ? Activation.unfinished(labels.operationId())
                : Activation.first(labels.operationId()),
            call);
    VersionNumbers restored =
        labels.restored() ? activations.restored(name, last, call) : VersionNumbers.of();
    return new GcpKey(
        name,
        labels.algorithm().orElseThrow(),
        key,
        GcpKey.byNumber(versions(key.getName(), call)),
        last,
        restored);
  }

  /** A CryptoKey, whoever made it. */
  public Optional<CryptoKey> find(String resource, CallContext call) throws BackendFailure {
    return find(calls, resource, call);
  }

  public static Optional<CryptoKey> find(GcpCalls calls, String resource, CallContext call)
      throws BackendFailure {
    Optional<CryptoKey> found =
        calls.find(
            GcpOperation.GET_KEY,
            resource,
            GetCryptoKeyRequest.newBuilder().setName(resource).build(),
            call);
    if (found.isPresent() && !found.get().getName().equals(resource)) {
      throw GcpRefusals.wrongAnswer("another key was sent than " + resource).naming(resource);
    }
    return found;
  }

  public CryptoKeyVersion version(String resource, CallContext call) throws BackendFailure {
    CryptoKeyVersion version =
        calls.send(
            GcpOperation.GET_VERSION,
            resource,
            GetCryptoKeyVersionRequest.newBuilder().setName(resource).build(),
            call);
    if (!version.getName().equals(resource)) {
      throw GcpRefusals.wrongAnswer("another version was sent than " + resource).naming(resource);
    }
    return version;
  }

  public List<CryptoKeyVersion> versions(String key, CallContext call) throws BackendFailure {
    return versions(calls, key, call);
  }

  static List<CryptoKeyVersion> versions(GcpCalls calls, String key, CallContext call)
      throws BackendFailure {
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
          throw GcpRefusals.wrongAnswer("another key's versions were sent for " + key).naming(key);
        }
        versions.add(version);
      }
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return versions;
  }
}
