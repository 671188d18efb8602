package dev.enclave.emulators.wire;

/**
 * Stands between the socket and a server's logic and decides what becomes of each request. This is
 * where faults are injected; without one, every request gets {@link #NONE}.
 *
 * <pre>{@code
 * (request, service) -> Delivery.answer(service.handle(request))             // as it should be
 * (request, service) -> Delivery.reset()                                     // before it is applied
 * (request, service) -> { service.handle(request); return Delivery.reset(); } // after
 * (request, service) -> Delivery.after(delay, () -> Delivery.answer(service.handle(request)))
 * (request, service) -> Delivery.answer(service.handle(request.withBody(other)))
 * }</pre>
 *
 * <p>Called by many threads at once; it must not block: {@link Delivery#after} waits without a
 * thread. A request that is applied several times counts in the journal with its last answer.
 */
@FunctionalInterface
public interface Interceptor {

  /** Applies every request once and answers what the service answers. */
  Interceptor NONE = (request, service) -> Delivery.answer(service.handle(request));

  /** Decides about one request. */
  Delivery intercept(ServiceRequest request, Service service);
}
