package dev.enclave.gcp.internal.keys;

import com.google.cloud.kms.v1.ListRetiredResourcesRequest;
import com.google.cloud.kms.v1.ListRetiredResourcesResponse;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;

/** The names of deleted CryptoKeys, which Cloud KMS lists for a whole location of the project. */
final class GcpRetired {

  private static final int PAGE = 1_000;

  private final GcpCalls calls;
  private final String location;

  GcpRetired(GcpCalls calls) {
    this.calls = calls;
    this.location = calls.session().keyRing().replaceFirst("/keyRings/.*", "");
  }

  /** Whether it was deleted; false too where this identity is not told. */
  boolean has(String resource, CallContext call) throws BackendFailure {
    String token = "";
    try {
      do {
        ListRetiredResourcesResponse page = page(token, call);
        if (page.getRetiredResourcesList().stream()
            .anyMatch(one -> one.getOriginalResource().equals(resource))) {
          return true;
        }
        token = page.getNextPageToken();
      } while (!token.isEmpty());
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.ACCESS_DENIED && e.code() != FailureCode.UNSUPPORTED) {
        throw e;
      }
    }
    return false;
  }

  private ListRetiredResourcesResponse page(String token, CallContext call) throws BackendFailure {
    return calls.send(
        GcpOperation.LIST_RETIRED,
        location,
        ListRetiredResourcesRequest.newBuilder()
            .setParent(location)
            .setPageSize(PAGE)
            .setPageToken(token)
            .build(),
        call);
  }
}
