package dev.enclave.aws.internal.backend;

import dev.enclave.aws.internal.connect.AwsSessions;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import dev.enclave.spi.backend.SigningBackend;

/** Opens the backend over a session. */
public final class AwsBackends {

  private AwsBackends() {}

  /** Opens it. */
  public static SigningBackend open(BackendContext context) throws BackendFailure {
    return new AwsKmsBackend(AwsSessions.open(context), context);
  }

  /** Opens the place for keys past Enclave. */
  public static BareKeys bareKeys(BackendContext context) throws BackendFailure {
    return new KmsBareKeys(AwsSessions.open(context));
  }

  /** What a run of the contracts uses and costs. */
  public static Estimate estimate() {
    return KmsBareKeys.estimate();
  }
}
