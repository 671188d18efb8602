package dev.enclave.aws.internal.connect;

import dev.enclave.aws.internal.settings.AwsEndpoints;
import dev.enclave.aws.internal.settings.AwsSettings;
import dev.enclave.kit.setup.PemTls;
import dev.enclave.internal.Quoted;
import dev.enclave.kit.http.CertificateTrust;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.TrustManager;

/** Whose certificates are trusted: those the JVM trusts, or the one that a setting names. */
final class AwsTrust {

  private AwsTrust() {}

  static TrustManager[] of(
      AwsSettings settings, AwsEndpoints endpoints, EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> file = settings.trustedCertificate();
    if (file.isEmpty()) {
      return platform();
    }
    if (endpoints.kmsOfAws() || endpoints.stsOfAws()) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "Setting "
              + settings.fullName(AwsSettings.TRUSTED_CERTIFICATE)
              + " is set, and KMS at "
              + endpoints.kms()
              + " or STS at "
              + endpoints.sts()
              + " is AWS's own, whose certificate needs no setting.",
          "Remove the setting, or set "
              + settings.fullName(AwsSettings.ENDPOINT)
              + " and "
              + settings.fullName(AwsSettings.STS_ENDPOINT)
              + " to the server that has the certificate.");
    }
    return environment
        .read(file.get())
        .flatMap(PemTls::trust)
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.MISCONFIGURED,
                    "Setting "
                        + settings.fullName(AwsSettings.TRUSTED_CERTIFICATE)
                        + " names "
                        + Quoted.of(file.get())
                        + ", where no certificate in PEM is to be read.",
                    "Correct it."));
  }

  private static TrustManager[] platform() {
    try {
      return CertificateTrust.managers(null);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK has no TLS: " + e.getClass().getSimpleName());
    }
  }
}
