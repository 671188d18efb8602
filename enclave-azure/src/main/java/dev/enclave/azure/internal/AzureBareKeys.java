package dev.enclave.azure.internal;

import com.azure.security.keyvault.keys.models.KeyVaultKey;
import dev.enclave.KeyAlgorithm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import java.util.List;
import java.util.Map;

/** Keys as an administrator makes them: no tags, a name of their own. */
public record AzureBareKeys(AzureCalls calls) implements BareKeys {

  // Counted by the journal of our own server; AzureConformanceTest compares. The races of
  // ConcurrencyContract depend on the machine: 265 versions are made without them, three of them to
  // reinstate one, and its twelve racers and the key that is rotated make 13 at most.
  private static final int KEYS = 278;
  private static final int REQUESTS = 3600;

  /** Takes {@code session} over: it ends with this. */
  public AzureBareKeys(AzureSession session) {
    this(new AzureCalls(session));
  }

  /** Opens it over a session of its own. */
  public static BareKeys open(BackendContext context) throws BackendFailure {
    return new AzureBareKeys(AzureSessions.open(context));
  }

  /**
   * What a run of the contracts needs. Prices: azure.microsoft.com/pricing/details/key-vault, read
   * in November 2026: a dollar a month for an RSA key of 2048 bits in an HSM, five for others, if
   * it was used in the last 30 days; 3 or 15 cents for 10,000 requests.
   */
  public static Estimate estimate() {
    return Estimate.of(
        KEYS,
        REQUESTS,
        "up to 5 USD for each key that signs, billed for a month in which it was used, by the price"
            + " list of November 2026 (premium vault); 0.15 USD for 10,000 requests. Take a managed"
            + " HSM that is there, or a vault made for the purpose");
  }

  @Override
  public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    String name = "conformance-" + call.operationId();
    KeyVaultKey made =
        calls.key(
            AzureOperation.CREATE_KEY,
            "a key for the adoption contract",
            call,
            keys -> new AzureScheme(algorithm).create(keys, name, Map.of()));
    boolean certain = AzureKeyParameters.of(made).algorithms().equals(List.of(algorithm));
    return certain ? made.getId() : made.getId() + "#" + algorithm;
  }

  @Override
  public void remove(String providerUri, CallContext call) throws BackendFailure {
    AzureNames.Id id =
        AzureNames.require(providerUri.replaceFirst("#.*", ""), calls.endpoint().origin());
    AzureKeys.delete(calls, id.name(), call);
  }

  @Override
  public void close() {
    calls.gate().close();
  }
}
