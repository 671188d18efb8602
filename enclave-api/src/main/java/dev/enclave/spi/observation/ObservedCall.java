package dev.enclave.spi.observation;

import dev.enclave.BackendId;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Result;
import java.time.Duration;
import java.util.Optional;

/**
 * How an operation went. Every value is of a small, closed set or a number, so that each can be a
 * label of a metric; there is no key material and no free text.
 *
 * @param operation what was done
 * @param backend where; none if it ended before the backend was known
 * @param result how it ended; never {@code PENDING}. A signature that was found to be invalid is a
 *     {@code FAILURE} of {@code VERIFY} without an error
 * @param error why it failed, if it did
 * @param attempts how often the backend was asked, readings of the key included; zero if never
 * @param duration from its beginning to its end, by the monotonic clock
 * @param atBackend how long the backend had it, all attempts together; what is left of the duration
 *     is the engine's own work, the audit log's, and pauses between attempts
 */
public record ObservedCall(
    Operation operation,
    Optional<BackendId> backend,
    Result result,
    Optional<ErrorCode> error,
    int attempts,
    Duration duration,
    Duration atBackend) {}
