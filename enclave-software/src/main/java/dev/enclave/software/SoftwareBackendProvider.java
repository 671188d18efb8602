package dev.enclave.software;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.diagnosis.Diagnosis.AccessPolicy;
import dev.enclave.software.internal.backend.SoftwareSettings;
import dev.enclave.software.internal.backend.StoreOpener;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.StoreKind;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.AccessPolicyWriter;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/**
 * Opens the software backend: keys in sealed files of one directory, for development.
 *
 * <p>Files are sealed by AES-256-GCM under a master key. A key's assurance is SOFTWARE where that
 * comes from a passphrase (Argon2id, RFC 9106), and PLAINTEXT where it lies beside them in a file
 * of mode 0600, which a LOCAL environment alone allows. Settings: {@code
 * enclave.software.directory}, {@code enclave.software.passphrase}, {@code
 * enclave.software.passphrase-file}. Thread-safe.
 */
public final class SoftwareBackendProvider implements BackendProvider, AccessPolicyWriter {

  @Override
  public BackendId id() {
    return BackendId.SOFTWARE;
  }

  @Override
  public List<SettingSpec> settings() {
    return SoftwareSettings.SPECS;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.SOFTWARE;
  }

  /** Always present: a directory can be had anywhere. Whether it may be used the policy says. */
  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present(
        Texts.DETECTED_DIRECTORY.with(
            SoftwareSettings.directoryText(
                    context.environment(), context.settings(), StoreKind.SOFTWARE)
                .orElse(
                    Texts.DIRECTORY_UNKNOWN.with(
                        context.settings().fullName(SoftwareSettings.DIRECTORY)))));
  }

  @Override
  public List<String> createsOnOpening(BackendContext context) throws BackendFailure {
    return StoreOpener.creates(context, StoreKind.SOFTWARE);
  }

  /** Files need no policy of a platform, only a directory of the process's own. */
  @Override
  public AccessPolicy accessPolicy(BackendContext context) {
    return AccessPolicy.of(
        false,
        Texts.NO_ACCESS_POLICY.with(
            SoftwareSettings.directoryText(
                    context.snapshot(), context.settings(), StoreKind.SOFTWARE)
                .orElse(Texts.THE_KEY_DIRECTORY.with())));
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    return StoreOpener.open(context, StoreKind.SOFTWARE);
  }
}
