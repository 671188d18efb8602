/**
 * The kit that a backend at a remote service is made of. For authors of backends; it may change
 * with any release. Here are the backend and its requests. What comes before it is opened is in
 * {@code setup}, its credentials in {@code credentials}, what is done with keys and their versions
 * in {@code key}.
 *
 * <p>A backend is a {@link RemoteBackend}: a description, a loader, a health check, and a part for
 * each thing that the backend can do, which implements the capability of the SPI. The parts send
 * their requests by one class of the author's. That class
 *
 * <ol>
 *   <li>asks the {@link RequestGate} whether the backend is open and time is left,
 *   <li>describes what it asks as a {@link RemoteRequest}: the operation, the subject, and whether
 *       a lost answer leaves open what is there now,
 *   <li>tells the call the service's id of the request, and its time where an answer carries one,
 *   <li>looks an error that the service answers up in its {@link ErrorTable}, and throws what
 *       {@link RemoteRequest#refused} makes of it; or what {@link RemoteRequest#notSent}, {@link
 *       RemoteRequest#late} or {@link RemoteRequest#lost} make of a request without an answer.
 * </ol>
 *
 * <p>For example, where the client is the author's own:
 *
 * <pre>{@code
 * Answer send(String operation, boolean changes, String subject, CallContext call)
 *     throws BackendFailure {
 *   gate.requireOpen();
 *   Duration left = gate.timeLeft(call);
 *   RemoteRequest request = new RemoteRequest(operation, changes, subject);
 *   Answer answer;
 *   try {
 *     answer = client.send(operation, subject, left);
 *   } catch (IOException e) {
 *     throw gate.closed() ? REFUSALS.closed() : request.lost("the connection broke");
 *   }
 *   call.requested(answer.requestId());
 *   ClockDifference.instant(answer.date()).ifPresent(call::answeredAt);
 *   if (answer.ok()) {
 *     return answer;
 *   }
 *   ErrorRule rule = ERRORS.of(answer.status(), answer.error());
 *   throw request.refused(rule, "it answered " + answer.status(), Optional.empty(), call.attempt());
 * }
 * }</pre>
 *
 * <p>What a part refuses without asking, or because of what was answered, {@link Refusals} has the
 * words for. Who wins a race, and which version is active, the ledger in {@code key} decides, over
 * what the service has.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit;
