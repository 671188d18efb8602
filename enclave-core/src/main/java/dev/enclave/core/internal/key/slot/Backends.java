package dev.enclave.core.internal.key.slot;

import dev.enclave.BackendId;
import dev.enclave.core.internal.key.opening.Openings;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeyAdopter;
import java.util.List;

/**
 * The open backends: the resolved one from the start, others when a handle, an adopted key or a
 * specification names them. Thread-safe.
 */
public final class Backends {

  private final OpenBackend resolved;
  private final List<Finding> resolvedFindings;
  private final Openings<OpenBackend> openings;

  public Backends(
      OpenBackend resolved, List<Finding> resolvedFindings, Openings<OpenBackend> openings) {
    this.resolved = resolved;
    this.resolvedFindings = List.copyOf(resolvedFindings);
    this.openings = openings;
    openings.add(resolved.id(), resolved);
  }

  /** Whether the resolved backend can use keys something else made. */
  public boolean resolvedAdopts() {
    return resolved.find(KeyAdopter.class).isPresent();
  }

  /** What was found when the resolved backend was opened: warnings, since it was. */
  public List<Finding> resolvedFindings() {
    return resolvedFindings;
  }

  public OpenBackend resolved() {
    return resolved;
  }

  /**
   * The backend of an id, opened if need be; a failure to open it is final for this call.
   *
   * @param deadline for waiting until it is open
   */
  public OpenBackend of(BackendId id, Deadline deadline) {
    return openings.of(id, deadline);
  }

  /** Closes every one, and opens none any more. */
  public void close() {
    openings.close();
  }
}
