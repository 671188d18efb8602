package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.core.internal.call.Openings;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The open backends: the resolved one from the start, others when a handle, an adopted key or a
 * specification names them. Thread-safe.
 */
public final class Backends {

  private final BackendId resolvedId;
  private final Openings<OpenBackend> openings;
  private volatile @Nullable OpenBackend resolved;
  private volatile List<Finding> resolvedFindings = List.of();

  /** None is open yet. */
  public Backends(BackendId resolvedId, Openings<OpenBackend> openings) {
    this.resolvedId = resolvedId;
    this.openings = openings;
  }

  /** Takes the resolved backend. */
  public void resolve(OpenBackend opened, List<Finding> findings) {
    openings.add(resolvedId, opened);
    resolvedFindings = List.copyOf(findings);
    resolved = opened;
  }

  /** The id of the resolved backend. */
  public BackendId resolvedId() {
    return resolvedId;
  }

  /** Whether the resolved backend can use keys something else made. */
  public boolean resolvedAdopts() {
    return resolved().find(KeyAdopter.class).isPresent();
  }

  /** What was found when the resolved backend was opened: warnings, since it was. */
  public List<Finding> resolvedFindings() {
    return resolvedFindings;
  }

  /** The resolved backend, once the start has opened it. */
  public OpenBackend resolved() {
    return Objects.requireNonNull(resolved, "the start has not opened the backend yet");
  }

  /** The backend of an id, opened if need be; a failure to open it is final for this call. */
  public OpenBackend of(BackendId id, Deadline deadline) {
    return openings.of(id, deadline);
  }

  /** Closes every one, and opens none any more. */
  public void close() {
    openings.close();
  }
}
