package dev.enclave.software.internal.backend;

import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.RegularFiles;
import dev.enclave.software.internal.directory.StoreLayout;
import dev.enclave.software.internal.disk.DiskFailures;
import dev.enclave.software.internal.disk.SecureFiles;
import dev.enclave.software.internal.masters.LostStore;
import dev.enclave.software.internal.masters.StoreParameters;
import dev.enclave.software.internal.masters.StoreParameters.Protection;
import dev.enclave.software.internal.texts.Texts;
import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.detection.ContainerStorage;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What is wrong with a store's directory, if anything. */
final class StoreHealth {

  private final BackendSettings settings;
  private final EnvironmentSnapshot environment;
  private final SecureFiles files;
  private final StoreLayout layout;
  private final Optional<SealingKeyPlace> place;

  StoreHealth(
      BackendContext context,
      Optional<SealingKeyPlace> place,
      SecureFiles files,
      StoreLayout layout) {
    this.settings = context.settings();
    this.environment = context.snapshot();
    this.place = place;
    this.files = files;
    this.layout = layout;
  }

  /**
   * @param damage looks at every key; asked only where a start does that
   */
  HealthReport report(Supplier<List<Finding>> damage) {
    List<Finding> findings = new ArrayList<>();
    try {
      files.checkDirectory(layout.directory());
      StoreParameters parameters = StoreParameters.read(files, layout);
      findings.addAll(protection(parameters));
      if (place.isPresent()) {
        findings.addAll(sealingKey(place.get(), parameters));
        findings.addAll(damage.get());
      }
    } catch (BackendFailure e) {
      findings.add(
          Finding.of(
              Severity.ERROR,
              ErrorCode.KEY_DATA_CORRUPT,
              e.observed(),
              e.advice().orElse(Texts.PUT_BACK.with(layout.parameters()))));
    } catch (IOException e) {
      findings.add(
          Texts.DIRECTORY_MODE.finding(
              Severity.ERROR,
              ErrorCode.BACKEND_UNAVAILABLE,
              DiskFailures.reading(layout.directory(), e).getMessage(),
              layout.directory()));
    }
    if (!files.writable(layout.directory())) {
      findings.add(
          Texts.DIRECTORY_NOT_WRITABLE.finding(
              Severity.ERROR, ErrorCode.ACCESS_DENIED, layout.directory()));
    }
    ContainerStorage.warning(
            environment, real(layout.directory()), settings.fullName(SoftwareSettings.DIRECTORY))
        .ifPresent(findings::add);
    return HealthReport.of(findings);
  }

  /**
   * Not refused: secrets mounted into a container have mode 0644 unless somebody says otherwise.
   */
  private static Optional<Finding> exposed(String file) {
    return RegularFiles.modeIfExposed(Path.of(file))
        .map(
            mode ->
                Texts.PASSPHRASE_EXPOSED.finding(
                    Severity.WARNING, ErrorCode.SECRET_FILE_EXPOSED, file, mode));
  }

  /** Where a link in the path leads. */
  private static Path real(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      return directory;
    }
  }

  /** What this process's user must be able to do with the directory. */
  List<Permission> permissions() {
    Path directory = layout.directory();
    String fix = Texts.GIVE_DIRECTORY.with(directory);
    return List.of(
        Permission.of(
            Texts.READ.with(directory),
            "signing",
            Files.isReadable(directory) && Files.isExecutable(directory),
            fix),
        Permission.of(
            Texts.WRITE.with(directory),
            Texts.CREATING_KEYS.with(),
            files.writable(directory),
            fix));
  }

  /** What would keep this process from opening the store once more. */
  private List<Finding> sealingKey(SealingKeyPlace where, StoreParameters parameters) {
    LostStore lost = new LostStore(files, layout, where);
    try {
      return where.has(parameters.storeId())
          ? List.of()
          : List.of(nextStart(lost.sealingKeyGone()));
    } catch (BackendFailure e) {
      return List.of(nextStart(e));
    }
  }

  private static Finding nextStart(BackendFailure failure) {
    return Texts.NEXT_START_FAILS.finding(
        Severity.WARNING,
        failure.code() == FailureCode.CORRUPT
            ? ErrorCode.KEY_DATA_CORRUPT
            : ErrorCode.BACKEND_UNAVAILABLE,
        failure.getMessage());
  }

  private List<Finding> protection(StoreParameters parameters) {
    List<Finding> findings = new ArrayList<>();
    if (parameters.protection() == Protection.KEY_FILE) {
      findings.add(
          Texts.KEYS_IN_PLAINTEXT.finding(
              Severity.WARNING,
              ErrorCode.CONFIGURATION_MISSING,
              layout.masterKey(),
              settings.fullName(SoftwareSettings.PASSPHRASE_FILE)));
    }
    settings
        .get(SoftwareSettings.PASSPHRASE_FILE)
        .flatMap(StoreHealth::exposed)
        .ifPresent(findings::add);
    if (parameters.resealUnfinished()) {
      findings.add(
          Texts.RESEAL_CUT_SHORT.finding(
              Severity.WARNING, ErrorCode.KEY_DATA_CORRUPT, layout.directory()));
    }
    return findings;
  }
}
