package dev.enclave.emulators.fault;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is done to one request. Immutable.
 *
 * @param latency how much later it is carried out
 * @param fault what else goes wrong then
 */
public record Injection(Optional<Fault.Latency> latency, Optional<Fault> fault) {

  static Injection of(Fault fault) {
    return new Injection(Optional.empty(), Optional.of(fault));
  }

  /** How much later it is carried out; zero for at once. */
  public Duration delay() {
    return latency.map(Fault.Latency::delay).orElse(Duration.ZERO);
  }

  /** Whether all goes as it should. */
  public boolean none() {
    return latency.isEmpty() && fault.isEmpty();
  }

  /** The faults, as plans have them; empty if there is none. */
  @Override
  public String toString() {
    return Stream.<Object>concat(latency.stream(), fault.stream())
        .map(Object::toString)
        .collect(Collectors.joining(", "));
  }
}
