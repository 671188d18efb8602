package dev.enclave.azure.internal.connect;

import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Whose certificates are trusted: those the JVM trusts, or the one that a setting names. */
public final class AzureTrust {

  private AzureTrust() {}

  public static SSLContext of(AzureSettings settings, EnvironmentSnapshot environment)
      throws BackendFailure {
    Optional<String> file = settings.trustedCertificate();
    try {
      if (file.isEmpty()) {
        return SSLContext.getDefault();
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setCertificateEntry("trusted", certificate(settings, environment, file.get()));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw settings.wrong(
          AzureSettings.TRUSTED_CERTIFICATE,
          file.orElse(""),
          "TLS could not be set up with it; give a certificate in PEM.");
    }
  }

  private static Certificate certificate(
      AzureSettings settings, EnvironmentSnapshot environment, String file) throws BackendFailure {
    Optional<String> text = environment.read(file);
    try {
      if (text.isPresent()) {
        return CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(text.get().getBytes(StandardCharsets.US_ASCII)));
      }
    } catch (GeneralSecurityException e) {
      // Said below.
    }
    throw BackendFailure.permanent(
        FailureCode.MISCONFIGURED,
        "Setting "
            + settings.fullName(AzureSettings.TRUSTED_CERTIFICATE)
            + " names "
            + dev.enclave.internal.Quoted.of(file)
            + ", where no certificate in PEM is to be read. Correct it.");
  }
}
