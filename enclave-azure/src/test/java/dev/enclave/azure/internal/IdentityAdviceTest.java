package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.internal.listening.HeldPort;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.MutableClock;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What an identity that gives no token is told as, and a vault that wants another one. */
class IdentityAdviceTest {

  private static final String METADATA = "169.254.169.254";

  private final MutableClock clock = new MutableClock();

  @Test
  void aMetadataServiceThatDoesNotAnswerIsNoMissingIdentity() throws Exception {
    BackendFailure failure;
    try (HeldPort nobody = HeldPort.free("127.0.0.1")) {
      URI unanswered = URI.create("http://127.0.0.1:" + nobody.number() + "/");
      failure = failure(uri -> unanswered);
    }
    assertThat(failure)
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .hasMessageContaining("Nobody told whether the identity exists")
        .hasMessageNotContaining("with an identity assigned");
  }

  @Test
  void aMetadataServiceThatAnswers404IsNoMissingIdentity() {
    BackendFailure failure = failure(uri -> uri.resolve("/nothing"));
    assertThat(failure)
        .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
        .hasMessageContaining("HTTP 404")
        .hasMessageContaining("being updated")
        .hasMessageNotContaining("with an identity assigned");
  }

  @Test
  void anAudienceOfAnotherKindOfVaultIsNoWrongUrl() throws BackendFailure {
    try (AzureKeyVaultServer server = KeyVaults.server().managedHsm().clock(clock::now).start()) {
      BackendContext context = KeyVaults.context(server, clock);
      AzureSession session = KeyVaults.as(server, context, false);
      assertThat(failure(session, context))
          .returns(FailureCode.MISCONFIGURED, BackendFailure::code)
          .hasMessageContaining("https://managedhsm.azure.net/.default")
          .hasMessageContaining("a server that imitates another kind of vault")
          .hasMessageNotContaining("Check enclave.azure-keyvault.vault-url");
    }
  }

  /** Where requests to the metadata service, which is the server's, go elsewhere. */
  private BackendFailure failure(UnaryOperator<URI> elsewhere) {
    try (AzureKeyVaultServer server = KeyVaults.serverBy(clock)) {
      BackendContext context = KeyVaults.context(server, clock);
      AzureSession session =
          AzureSessions.open(
              context,
              KeyVaults.by(
                  uri -> {
                    URI there = KeyVaults.network(server).apply(uri);
                    return METADATA.equals(uri.getHost()) ? elsewhere.apply(there) : there;
                  }),
              KeyVaults::nowhere);
      return failure(session, context);
    } catch (BackendFailure e) {
      return e;
    }
  }

  private BackendFailure failure(AzureSession session, BackendContext context)
      throws BackendFailure {
    try (SigningBackend backend = AzureKeyVaultBackend.over(session, context)) {
      return catchThrowableOfType(
          BackendFailure.class, () -> backend.health(KeyVaults.call(clock)));
    }
  }
}
