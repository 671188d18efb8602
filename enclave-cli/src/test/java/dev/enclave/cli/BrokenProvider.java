package dev.enclave.cli;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;

/** A backend of HSM assurance that cannot be opened. */
record BrokenProvider(BackendId id, BackendFailure failure) implements BackendProvider {

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("a test asked for it");
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    throw failure;
  }
}
