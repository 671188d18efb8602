package dev.enclave.core.internal.backend;

import dev.enclave.SecurityPolicy;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.core.internal.key.AsyncExecutor;
import dev.enclave.core.internal.key.Backends;
import dev.enclave.core.internal.key.BackgroundReads;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyRules;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.diagnosis.Resolution;
import java.util.List;

/**
 * What a start makes of one choice of a backend, and gives out part by part.
 *
 * @param executor where is worked beside calls
 * @param reads in which keys are read beside their use
 */
public record Engine(
    Resolution resolution,
    Backends backends,
    KeyDirectory keys,
    KeyRules rules,
    Operations operations,
    AuditTrail audit,
    AsyncExecutor executor,
    BackgroundReads reads) {

  public SecurityPolicy policy() {
    return rules.policy();
  }

  /** Reads no keys beside their use any more, and runs no calls in threads of its own. */
  public void endThreads() {
    Closing.inOrder(List.of(reads::close, executor::close));
  }

  /** Closes log and backends, where nothing else was opened beside them. Idempotent. */
  public void close() {
    if (operations.end()) {
      // The last checkpoint may be signed by a backend, so that closes last.
      Closing.inOrder(List.of(this::endThreads, audit::close, backends::close));
    }
  }
}
