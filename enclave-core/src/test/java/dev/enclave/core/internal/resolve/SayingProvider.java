package dev.enclave.core.internal.resolve;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/** A provider that only says who it is. */
public class SayingProvider implements BackendProvider {

  private final BackendId id;

  SayingProvider(BackendId id) {
    this.id = id;
  }

  /** As the service loader finds it. */
  public SayingProvider() {
    this(BackendId.of("discovered"));
  }

  @Override
  public BackendId id() {
    return id;
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of(SettingSpec.of("place", "where"));
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("always");
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    throw BackendFailure.permanent(FailureCode.MISCONFIGURED, "it opens nothing");
  }

  /** A second class of the same id. */
  public static final class Twin extends SayingProvider {}

  /** Its constructor breaks the contract. */
  public static final class FailsToStart extends SayingProvider {
    public FailsToStart() {
      throw new IllegalStateException("hunter2");
    }
  }

  /** Its jar lacks a class, as a wrong SDK version does. */
  public static final class LacksAClass extends SayingProvider {
    public LacksAClass() {
      throw new NoClassDefFoundError("com/example/Sdk");
    }
  }
}
