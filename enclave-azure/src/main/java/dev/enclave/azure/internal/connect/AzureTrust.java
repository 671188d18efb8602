package dev.enclave.azure.internal.connect;

import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.setup.PemTls;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.http.BoundedHttp;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Whose certificates are trusted: those the JVM trusts, or the one that a setting names. */
public final class AzureTrust {

  private AzureTrust() {}

  public static SSLContext of(AzureSettings settings, EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> file = settings.trustedCertificate();
    if (file.isEmpty()) {
      return BoundedHttp.platformTrust();
    }
    return environment
        .read(file.get())
        .flatMap(pem -> PemTls.of(pem, Optional.empty()))
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.MISCONFIGURED,
                    "Setting "
                        + settings.fullName(AzureSettings.TRUSTED_CERTIFICATE)
                        + " names "
                        + Quoted.of(file.get())
                        + ", where no certificate in PEM is to be read.",
                    "Correct it."));
  }
}
