package dev.enclave.aws.internal;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;

/** Names the keys by the aliases of their versions, page by page; asks nothing of each key. */
final class KmsLister {

  private static final int PAGE = 100;

  private final KmsCalls calls;

  KmsLister(KmsCalls calls) {
    this.calls = calls;
  }

  List<KeyName> list(CallContext call) throws BackendFailure {
    TreeSet<KeyName> names = new TreeSet<>();
    Optional<String> marker = Optional.empty();
    do {
      ListAliasesResponse page = page(marker, call);
      page.aliases().forEach(a -> KmsAliases.keyOf(a.aliasName()).ifPresent(names::add));
      marker =
          Boolean.TRUE.equals(page.truncated()) ? Optional.of(page.nextMarker()) : Optional.empty();
    } while (marker.isPresent());
    return List.copyOf(names);
  }

  private ListAliasesResponse page(Optional<String> marker, CallContext call)
      throws BackendFailure {
    return calls.send(
        KmsOperation.LIST_ALIASES,
        "this account and region",
        call,
        (kms, limits) ->
            kms.listAliases(
                r -> r.limit(PAGE).marker(marker.orElse(null)).overrideConfiguration(limits)));
  }
}
