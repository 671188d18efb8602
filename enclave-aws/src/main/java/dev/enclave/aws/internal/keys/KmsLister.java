package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.KeyLister;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.kms.model.ListAliasesResponse;

/** Names the keys by the aliases of their versions, page by page; asks nothing of each key. */
public final class KmsLister implements KeyLister {

  private static final int PAGE = 100;

  private final KmsCalls calls;

  public KmsLister(KmsCalls calls) {
    this.calls = calls;
  }

  /** One page of KMS's, of 100 aliases at most. */
  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    ListAliasesResponse page = aliases(from, call);
    Set<KeyName> names = new LinkedHashSet<>();
    page.aliases().forEach(a -> KmsAliases.keyOf(a.aliasName()).ifPresent(names::add));
    return Names.of(
        List.copyOf(names),
        Boolean.TRUE.equals(page.truncated()) ? Optional.of(page.nextMarker()) : Optional.empty());
  }

  private ListAliasesResponse aliases(Optional<String> marker, CallContext call)
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
