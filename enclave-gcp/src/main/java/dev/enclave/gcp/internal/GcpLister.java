package dev.enclave.gcp.internal;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.ListCryptoKeysRequest;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Optional;
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
    String token = "";
    do {
      ListCryptoKeysResponse page = page(token, PAGE, call);
      page.getCryptoKeysList().forEach(key -> keyOf(key).ifPresent(names::add));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
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
