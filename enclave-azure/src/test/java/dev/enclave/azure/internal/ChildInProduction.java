package dev.enclave.azure.internal;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyVersion;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Map;
import java.util.UUID;

/**
 * A process of its own, in PRODUCTION, with Microsoft's own address for the vault, the trust of its
 * JVM, and an instance's identity: makes a key and signs. The network alone is another.
 */
final class ChildInProduction {

  private static final int ATTEMPTS = 8;

  private ChildInProduction() {}

  /** Where the vault and the instance metadata service are, and the identity's client id. */
  public static void main(String[] arguments) {
    URI vault = URI.create(arguments[0]);
    URI metadata = URI.create(arguments[1]);
    MutableClock clock = new MutableClock();
    BackendContext context =
        BackendContext.of(
                new BackendSettings(
                    BackendId.AZURE_KEYVAULT,
                    Map.of(
                        AzureSettings.VAULT_URL,
                        ProductionOpeningTest.VAULT,
                        AzureSettings.IDENTITY_CLIENT_ID,
                        arguments[2])),
                EnvironmentType.PRODUCTION,
                FakeEnvironment.empty(),
                clock,
                new SecureRandom())
            .acknowledging(true);
    try (CapableBackend backend =
        new CapableBackend(
            AzureKeyVaultBackend.over(
                AzureSessions.open(
                    context,
                    KeyVaults.by(
                        uri -> at(uri, "169.254.169.254".equals(uri.getHost()) ? metadata : vault)),
                    KeyVaults::nowhere),
                context))) {
      KeySnapshot key = created(backend, clock);
      KeyVersion version = key.versions().get(0);
      System.out.println("MADE " + version.providerUri() + " " + version.assurance());
      RawSignature signature =
          backend.sign(key.ref(version), AzureBench.DIGEST, KeyVaults.call(clock));
      System.out.println(
          "VERIFIED "
              + SignatureVerifier.of(version.publicKey().orElseThrow())
                  .verify(
                      AzureBench.DIGEST, signature.value().toByteArray(), signature.encoding()));
    } catch (BackendFailure e) {
      System.out.println("FAILED " + e.code() + " " + e.getMessage());
    }
  }

  /** As the engine: what was not sent is sent again, since a cold JVM may not connect in time. */
  private static KeySnapshot created(CapableBackend backend, MutableClock clock)
      throws BackendFailure {
    String operation = UUID.randomUUID().toString();
    CreateRequest request =
        CreateRequest.of(
            KeyName.of("wallet"),
            SigningAlgorithm.ECDSA_P256_SHA256,
            RotationInterval.NEVER,
            EnvironmentType.PRODUCTION,
            operation);
    for (int attempt = 1; ; attempt++) {
      try {
        return backend.create(request, KeyVaults.call(operation, clock));
      } catch (BackendFailure e) {
        if (e.failureClass() != FailureClass.TRANSIENT || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static URI at(URI asked, URI place) {
    String query = asked.getRawQuery() == null ? "" : "?" + asked.getRawQuery();
    return URI.create(
        place.getScheme() + "://" + place.getAuthority() + asked.getRawPath() + query);
  }
}
