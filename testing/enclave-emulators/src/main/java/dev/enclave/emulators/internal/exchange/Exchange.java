package dev.enclave.emulators.internal.exchange;

import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.emulators.wire.JournalEntry.Fate;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request, which remembers whether it was carried out, and what was done to it on purpose.
 * Thread-safe.
 */
public final class Exchange implements Service {

  private final ServiceRequest request;
  private final Service service;
  private final InstantSource clock;
  private volatile @Nullable ServiceResponse applied;
  private volatile @Nullable String fault;

  /** Of a request that {@code service} is asked to carry out. */
  public Exchange(ServiceRequest request, Service service, InstantSource clock) {
    this.request = request;
    this.service = service;
    this.clock = clock;
  }

  /** What is held up before it is carried out has the times of that moment. */
  @Override
  public ServiceResponse handle(ServiceRequest asked) {
    ServiceResponse response = service.handle(asked.at(clock.instant()));
    applied = response;
    return response;
  }

  /** What was done to it on purpose. */
  public void injected(String newFault) {
    fault = newFault;
  }

  /** For the journal. */
  public JournalEntry entry(@Nullable ServiceResponse sent, Fate fate) {
    ServiceResponse own = applied;
    Optional<ServiceResponse> told = Optional.ofNullable(own == null ? sent : own);
    return new JournalEntry(
        request.id(),
        request.time(),
        request.operation(),
        told.flatMap(ServiceResponse::keyId),
        told.flatMap(ServiceResponse::principal),
        sent == null ? 0 : sent.status(),
        Optional.ofNullable(sent).flatMap(ServiceResponse::error),
        fate,
        own != null && own.status() < 400,
        Optional.ofNullable(fault));
  }
}
