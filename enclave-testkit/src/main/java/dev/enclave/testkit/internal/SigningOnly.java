package dev.enclave.testkit.internal;

import dev.enclave.KeyName;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.CreateRequest;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.RawSignature;
import dev.enclave.spi.SigningBackend;

/** Hides every capability of another backend. */
public record SigningOnly(SigningBackend all) implements SigningBackend {

  @Override
  public BackendDescription describe() {
    return all.describe();
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return all.load(name, call);
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return all.create(request, call);
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return all.sign(version, input, call);
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return all.health(call);
  }

  @Override
  public void close() {
    all.close();
  }
}
