package dev.enclave.campaign.bench;

import dev.enclave.KeyPurpose;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.Fault.Refused.Reason;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.ErrorCode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One fault at one request of a scenario.
 *
 * @param operation the service's name of the request
 * @param number which of its requests in the scenario, from 1; 0 for all
 * @param fault what goes wrong
 */
public record BadDay(String operation, int number, Fault fault) {

  /** All there are for a scenario that sends so many requests of each operation. */
  public static List<BadDay> all(CloudUnderTest cloud, Map<String, Integer> requests) {
    List<BadDay> days = new ArrayList<>();
    requests.forEach(
        (operation, count) -> {
          for (Fault fault : cloud.faults(operation)) {
            for (int number = 0; number <= count; number++) {
              days.add(new BadDay(operation, number, fault));
            }
          }
        });
    return days;
  }

  /**
   * Some of them: every fault of each operation, each of its requests, and all of them at once.
   *
   * @param turn says which fault meets which request
   */
  public static List<BadDay> some(CloudUnderTest cloud, Map<String, Integer> requests, int turn) {
    List<BadDay> days = new ArrayList<>();
    requests.forEach(
        (operation, count) -> {
          List<Fault> faults = cloud.faults(operation);
          int numbers = count + 1;
          for (int i = 0; i < Math.max(faults.size(), numbers); i++) {
            days.add(new BadDay(operation, (i + turn) % numbers, faults.get(i % faults.size())));
          }
        });
    return days;
  }

  public FaultPlan plan() {
    return number == 0
        ? FaultPlan.NONE.every(operation, 1, fault)
        : FaultPlan.NONE.on(operation, number, fault);
  }

  /** Whether Enclave is to get over it, so that the application notices nothing. */
  public boolean passes(CloudUnderTest cloud) {
    return number > 0 && !wrong() && !(cloud.throttlingOutlastsCalls() && throttled());
  }

  private boolean throttled() {
    return fault instanceof Fault.Refused refused && refused.reason() == Reason.THROTTLED;
  }

  /** What the application may catch if it notices. */
  public Set<ErrorCode> codes(Scenario scenario) {
    Set<ErrorCode> codes = codesOfAStart();
    if (wrong() && scenario.algorithm().purpose() == KeyPurpose.WRAP) {
      // A box that does not open does not say whether the box or the answer is damaged.
      codes.add(ErrorCode.SEALED_DATA_CORRUPT);
    }
    if (scenario.change().isPresent() && (expired() || throttled() || wrong())) {
      // What is wrong may be the answer to the change, and what follows the change fails too:
      // nobody may say then that nothing happened.
      codes.add(ErrorCode.OUTCOME_UNKNOWN);
    }
    return codes;
  }

  private boolean wrong() {
    return fault instanceof Fault.Wrong;
  }

  /** Whether the service refuses the token or the credentials. */
  public boolean expired() {
    return fault instanceof Fault.Refused refused && refused.reason() == Reason.EXPIRED_TOKEN;
  }

  /** The same where nothing was sealed. */
  public Set<ErrorCode> codesOfAStart() {
    if (wrong()) {
      return EnumSet.of(
          ErrorCode.WRONG_ANSWER, ErrorCode.SIGNATURE_UNVERIFIABLE, ErrorCode.KEY_DATA_CORRUPT);
    }
    if (throttled()) {
      return EnumSet.of(ErrorCode.THROTTLED);
    }
    if (expired()) {
      return EnumSet.of(ErrorCode.ACCESS_DENIED);
    }
    return EnumSet.of(ErrorCode.BACKEND_UNAVAILABLE, ErrorCode.OUTCOME_UNKNOWN);
  }

  @Override
  public String toString() {
    return plan().toString().strip();
  }
}
