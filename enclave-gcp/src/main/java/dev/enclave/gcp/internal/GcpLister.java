package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Names the keys by their labels, page by page; asks nothing of each key. */
final class GcpLister {

  private static final int PAGE = 1_000;

  private final GcpCalls calls;

  GcpLister(GcpCalls calls) {
    this.calls = calls;
  }

  List<KeyName> list(CallContext call) throws BackendFailure {
    TreeSet<KeyName> names = new TreeSet<>();
    Set<KeyName> restored = new HashSet<>();
    Set<String> records = new HashSet<>();
    String token = "";
    do {
      ListCryptoKeysResponse page = page(token, PAGE, call);
      for (CryptoKey key : page.getCryptoKeysList()) {
        keyOf(key).ifPresent(names::add);
        if (new GcpLabels(key.getLabelsMap()).restored()) {
          keyOf(key).ifPresent(restored::add);
        }
        records.add(GcpNames.idOf(key.getName()));
      }
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    restored.removeIf(
        name -> records.contains(GcpNames.recordId(name, GcpActivations.RESTORATION)));
    // No restoration of these was finished.
    names.removeAll(restored);
    return List.copyOf(names);
  }

  ListCryptoKeysResponse page(String token, int size, CallContext call) throws BackendFailure {
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
  static Optional<KeyName> keyOf(CryptoKey key) {
    return new GcpLabels(key.getLabelsMap())
        .key()
        .filter(name -> name.value().equals(GcpNames.idOf(key.getName())));
  }
}
