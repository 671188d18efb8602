package dev.enclave.testkit.rotation;

import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.time.Instant;

/**
 * Makes no version until a moment.
 *
 * @param time everybody's
 * @param until when it ends
 */
record Outage(VirtualTime time, Instant until) implements SharedKeys.Between {

  @Override
  public <T> T around(String operation, CallContext context, Call<T> call) throws BackendFailure {
    if (operation.equals("prepare") && time.now().isBefore(until)) {
      throw BackendFailure.transientFailure(FailureCode.UNAVAILABLE, "it makes no keys today");
    }
    return call.run(context);
  }
}
