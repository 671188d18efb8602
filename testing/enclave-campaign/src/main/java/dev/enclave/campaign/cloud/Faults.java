package dev.enclave.campaign.cloud;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What can happen to a request of any service. */
public final class Faults {

  /** Lost requests, lost answers, and refusals, true and false ones. */
  public static final List<Fault> OF_ANY_REQUEST =
      List.of(
          Fault.resetBefore(),
          Fault.resetAfter(),
          Fault.truncated(0),
          Fault.truncated(20),
          Fault.refused(Reason.INTERNAL_ERROR),
          Fault.refusedButApplied(Reason.INTERNAL_ERROR),
          Fault.refused(Reason.UNAVAILABLE),
          Fault.refusedButApplied(Reason.TIMEOUT),
          Fault.refused(Reason.THROTTLED),
          Fault.refused(Reason.EXPIRED_TOKEN));

  private Faults() {}

  /** Those, and wrong answers that the service has. */
  public static List<Fault> ofAnyRequestAndWrong(String... kinds) {
    return Stream.concat(OF_ANY_REQUEST.stream(), Arrays.stream(kinds).map(Fault::wrong)).toList();
  }
}
