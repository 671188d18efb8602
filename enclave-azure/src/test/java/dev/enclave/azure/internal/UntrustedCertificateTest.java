package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.MutableClock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A vault behind a certificate that the JVM does not trust, as where TLS is inspected. */
class UntrustedCertificateTest {

  private final MutableClock clock = new MutableClock();

  @Test
  void isNamed_alsoByTheFirstRequest_whichWasNotSent() throws Exception {
    try (AzureKeyVaultServer server = KeyVaults.serverBy(clock)) {
      Map<String, String> settings = KeyVaults.settings(server);
      settings.remove(AzureSettings.TRUSTED_CERTIFICATE);
      BackendContext context = KeyVaults.context(server, clock, settings);
      try (SigningBackend backend =
          AzureKeyVaultBackend.over(KeyVaults.session(server, context), context)) {
        BackendFailure failure =
            catchThrowableOfType(
                BackendFailure.class,
                () -> backend.load(KeyName.of("wallet"), KeyVaults.call(clock)));
        assertThat(failure)
            .returns(FailureClass.TRANSIENT, BackendFailure::failureClass)
            .returns(FailureCode.UNAVAILABLE, BackendFailure::code)
            .hasMessageContainingAll(
                "was not sent",
                "the certificate of \"127.0.0.1\", of subject \"CN=Enclave emulator\", issued by"
                    + " \"CN=Enclave emulator\", is not trusted");
      }
      // The SDK may remember from an earlier server at this port what tokens the vault wants.
      assertThat(server.journal().entries())
          .hasSizeLessThanOrEqualTo(1)
          .extracting(JournalEntry::operation)
          .allMatch(operation -> operation.equals("InstanceMetadataToken"));
    }
  }
}
