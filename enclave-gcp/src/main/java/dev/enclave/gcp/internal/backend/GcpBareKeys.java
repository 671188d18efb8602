package dev.enclave.gcp.internal.backend;

import com.google.cloud.kms.v1.CryptoKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.gcp.internal.calls.GcpSession;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.keys.GcpScheme;
import dev.enclave.kit.ledger.ServiceKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import java.util.List;
import java.util.UUID;

/** CryptoKeys as an administrator makes them: without a label. */
public final class GcpBareKeys implements BareKeys {

  // Counted by the journal of our own server; a test compares.
  private static final int KEYS = 285;
  private static final int REQUESTS = 5400;

  private final GcpCalls calls;

  /** Takes {@code session} over: it ends with this. */
  GcpBareKeys(GcpSession session) {
    this.calls = new GcpCalls(session);
  }

  /** Opens it over a session of its own. */
  public static BareKeys open(BackendContext context) throws BackendFailure {
    return new GcpBareKeys(GcpKmsBackend.session(context));
  }

  /**
   * What a run of the contracts needs. Prices: cloud.google.com/kms/pricing, as of 2026: by month
   * and active version in an HSM, 1 USD to 2.50 USD, by the hour; 3 cents to 15 cents for 10,000
   * operations. A CryptoKey without an active version costs nothing, and stays listed.
   */
  public static Estimate estimate() {
    return Estimate.of(
        KEYS,
        REQUESTS,
        "about 1 USD if it ends within an hour, by the price list of 2026 (1 to 2.50 USD a version in"
            + " an HSM and month, by the hour; 0.15 USD for 10,000 operations at most)");
  }

  @Override
  public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    GcpScheme scheme = GcpScheme.of(algorithm);
    String id = "enclave_conformance_" + UUID.randomUUID();
    CryptoKey made =
        calls.send(
            GcpOperation.CREATE_KEY,
            calls.session().keyRing(),
            request -> request.setCryptoKeyId(id).setCryptoKey(scheme.key()),
            call);
    boolean certain = GcpScheme.of(scheme.kms()).equals(List.of(algorithm));
    return certain ? made.getName() : made.getName() + "#" + algorithm;
  }

  @Override
  public void remove(String providerUri, CallContext call) throws BackendFailure {
    String key = providerUri.replaceFirst("#.*", "");
    for (ServiceKey version : GcpKeys.versions(calls, key, call)) {
      if (version.material() == ServiceKey.Material.ON) {
        calls.send(GcpOperation.DESTROY_VERSION, version.uri(), call);
      }
    }
  }

  @Override
  public void close() {
    calls.gate().close();
  }
}
