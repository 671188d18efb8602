package dev.enclave.pkcs11;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.pkcs11.internal.Pkcs11Backend;
import dev.enclave.pkcs11.internal.settings.Pkcs11Settings;
import dev.enclave.pkcs11.internal.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.ConformanceSupport;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens the backend for PKCS#11 tokens: private keys that never leave the token, with what Enclave
 * keeps of them in data objects beside them.
 *
 * <p>The token is the one that {@code enclave.pkcs11.uri} names; no other library is loaded.
 * Thread-safe.
 */
public final class Pkcs11BackendProvider implements BackendProvider, ConformanceSupport {

  @Override
  public BackendId id() {
    return BackendId.PKCS11;
  }

  @Override
  public List<SettingSpec> settings() {
    return Pkcs11Settings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Pkcs11Settings.detect(context);
  }

  /**
   * What a run of the contracts at SoftHSM needs, whose calls were counted on their way; a test
   * compares. Other tokens offer other algorithms, and differ.
   */
  @Override
  public Estimate estimate() {
    return Estimate.of(245, 90_960, Texts.ESTIMATE.with());
  }

  @Override
  public BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return Pkcs11Backend.bareKeys(context);
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return Pkcs11Backend.open(context);
  }
}
