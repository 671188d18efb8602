package dev.enclave.emulators.wire;

import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.Injection;
import java.util.Objects;

/** Does over HTTP what a {@link FaultInjector} decides. Thread-safe. */
public final class InjectedFaults implements Interceptor {

  private final FaultInjector injector;
  private final FaultDialect dialect;

  /** For the service whose words {@code dialect} knows. */
  public InjectedFaults(FaultInjector injector, FaultDialect dialect) {
    this.injector = injector;
    this.dialect = dialect;
  }

  @Override
  public Delivery intercept(ServiceRequest request, Service service) {
    Injection injection = injector.next(request.operation());
    if (injection.none()) {
      return Delivery.answer(service.handle(request));
    }
    Delivery delivery =
        injection.latency().isPresent()
            ? Delivery.after(injection.delay(), () -> perform(injection, request, service))
            : perform(injection, request, service);
    return Delivery.injected(injection.toString(), delivery);
  }

  private Delivery perform(Injection injection, ServiceRequest request, Service service) {
    if (injection.fault().isEmpty()) {
      return Delivery.answer(service.handle(request));
    }
    Fault fault = injection.fault().get();
    if (fault instanceof Fault.Refused refused) {
      if (refused.applied()) {
        service.handle(request);
      }
      ServiceResponse refusal = dialect.refusal(refused.reason(), request);
      return Delivery.answer(
          refused
              .retryAfter()
              .map(seconds -> refusal.withHeader("Retry-After", Integer.toString(seconds)))
              .orElse(refusal));
    }
    if (fault instanceof Fault.Wrong wrong) {
      FaultDialect.WrongAnswer answer =
          Objects.requireNonNull(dialect.wrongAnswers().get(wrong.kind()));
      return Delivery.answer(answer.to(request, service));
    }
    if (fault instanceof Fault.Truncated cut) {
      return Delivery.truncated(service.handle(request), cut.bytes());
    }
    if (fault == Fault.Reset.AFTER) {
      service.handle(request);
    }
    return Delivery.reset();
  }
}
