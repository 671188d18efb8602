package dev.enclave.kit.record;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.kit.kek.RecordKek;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.record.InMemoryRecords;
import java.time.Duration;
import java.util.List;

/** Opens backends over records in memory. */
final class RecordProvider implements BackendProvider {

  private final InMemoryRecords records = new InMemoryRecords("contract-store");
  private final Kms kms = new Kms();
  private final boolean remote;

  RecordProvider(boolean remote) {
    this.remote = remote;
  }

  @Override
  public BackendId id() {
    return Records.ID;
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of();
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM_WRAPPED;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("memory");
  }

  @Override
  public SigningBackend open(BackendContext context) {
    return new RecordBackend(
        id(),
        "memory",
        remote ? records.paged(3) : records.local(),
        kms.kek(remote ? Duration.ofMinutes(5) : RecordKek.UNLIMITED),
        context);
  }
}
