package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.azure.internal.credentials.IdentityChoice;
import dev.enclave.azure.internal.settings.AzureEndpoint;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.credentials.CredentialSource;
import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;

/** Tries to open the way to a vault, without one. */
public final class Openings {

  private final EnvironmentType environment;
  private final Map<String, String> settings = new HashMap<>();
  private EnvironmentSnapshot snapshot = FakeEnvironment.empty();

  private Openings(EnvironmentType environment) {
    this.environment = environment;
    settings.put(AzureSettings.VAULT_URL, "https://wallets.vault.azure.net");
  }

  public static Openings in(EnvironmentType environment) {
    return new Openings(environment);
  }

  public Openings with(String setting, String value) {
    settings.put(setting, value);
    return this;
  }

  Openings on(EnvironmentSnapshot machine) {
    snapshot = machine;
    return this;
  }

  public BackendContext context() {
    return BackendContext.of(
        new BackendSettings(BackendId.AZURE_KEYVAULT, settings),
        environment,
        snapshot,
        new MutableClock(),
        new SecureRandom());
  }

  /** The identity that was chosen, as messages name it. */
  String identity() throws BackendFailure {
    try (AzureSession session = AzureSessions.open(context())) {
      return session.tokens().named();
    }
  }

  /** What is said where the chosen identity gives no token. */
  String fix() throws BackendFailure {
    BackendContext context = context();
    AzureSettings read = AzureSettings.of(context.settings());
    IdentityChoice choice =
        new IdentityChoice(
            context,
            read,
            AzureEndpoint.of(read, context),
            (request, within) -> HttpAnswer.Answered.of(400, "{}"),
            KeyVaults::nowhere);
    CredentialSource<String> chosen = choice.choose("https://vault.azure.net");
    return catchThrowableOfType(BackendFailure.class, chosen::fetch).advice().orElseThrow();
  }

  BackendFailure failure() {
    return catchThrowableOfType(BackendFailure.class, () -> AzureSessions.open(context()).close());
  }
}
