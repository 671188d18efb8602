package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import dev.enclave.KeyName;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.model.Activation;
import dev.enclave.gcp.internal.model.GcpLabels;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyLister;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names the keys by their labels, page by page; asks nothing of each key, but of one that came from
 * elsewhere whether it is whole.
 */
public final class GcpLister implements KeyLister {

  private static final int PAGE = 1_000;

  private final GcpCalls calls;
  private final GcpActivations activations;

  public GcpLister(GcpCalls calls, GcpActivations activations) {
    this.calls = calls;
    this.activations = activations;
  }

  /** One page of Google's, of 1,000 CryptoKeys at most. */
  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    ListCryptoKeysResponse page = page(from.orElse(""), PAGE, call);
    Set<String> ids =
        page.getCryptoKeysList().stream()
            .map(key -> GcpNames.idOf(key.getName()))
            .collect(Collectors.toSet());
    List<KeyName> names = new ArrayList<>();
    for (CryptoKey key : page.getCryptoKeysList()) {
      Optional<KeyName> name = keyOf(key);
      if (name.isPresent() && isWhole(key, name.get(), ids, call)) {
        names.add(name.get());
      }
    }
    String next = page.getNextPageToken();
    return Names.of(names, next.isEmpty() ? Optional.empty() : Optional.of(next));
  }

  /** Whether there is a key, and not only the beginning of one that came from elsewhere. */
  private boolean isWhole(CryptoKey key, KeyName name, Set<String> ids, CallContext call)
      throws BackendFailure {
    return !new GcpLabels(key.getLabelsMap()).restored()
        // The record mostly lies on the same page, beside its key.
        || ids.contains(GcpNames.recordId(name, Activation.RESTORATION))
        || activations.record(name, Activation.RESTORATION, call).isPresent();
  }

  public ListCryptoKeysResponse page(String token, int size, CallContext call)
      throws BackendFailure {
    String keyRing = calls.session().keyRing();
    return calls.send(
        GcpOperation.LIST_KEYS,
        keyRing,
        ListCryptoKeysRequest.newBuilder()
            .setParent(keyRing)
            .setPageSize(size)
            .setPageToken(token)
            .build(),
        call);
  }

  /** The Enclave key that a CryptoKey is: its label says the name it has. */
  public static Optional<KeyName> keyOf(CryptoKey key) {
    return new GcpLabels(key.getLabelsMap())
        .key()
        .filter(name -> name.value().equals(GcpNames.idOf(key.getName())));
  }
}
