package dev.enclave.emulators.wire;

import dev.enclave.emulators.fault.Fault;
import java.util.Map;

/** How a service says what a fault makes it say. Thread-safe. */
public interface FaultDialect {

  /** A wrong answer to one request. */
  @FunctionalInterface
  interface WrongAnswer {

    /** Carries {@code request} out, and answers something else. */
    ServiceResponse to(ServiceRequest request, Service service);
  }

  /** An error in the service's own words; nothing is carried out. */
  ServiceResponse refusal(Fault.Refused.Reason reason, ServiceRequest request);

  /** The wrong answers that it can give, by names such as {@code another-key}. */
  Map<String, WrongAnswer> wrongAnswers();
}
