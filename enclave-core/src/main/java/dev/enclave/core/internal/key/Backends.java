package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendTrait;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The open backends: the resolved one from the start, others when a handle, an adopted key or a
 * specification names them. Thread-safe.
 */
public final class Backends {

  private final Map<BackendId, OpenBackend> open = new LinkedHashMap<>();
  private final OpenBackend resolved;
  private final List<Finding> resolvedFindings;
  private final Function<BackendId, OpenBackend> opener;
  private boolean closed;

  Backends(
      OpenBackend resolved,
      List<Finding> resolvedFindings,
      Function<BackendId, OpenBackend> opener) {
    this.resolved = resolved;
    this.resolvedFindings = List.copyOf(resolvedFindings);
    this.opener = opener;
    open.put(resolved.id(), resolved);
  }

  /** Whether the resolved backend can use keys something else made. */
  public boolean resolvedAdopts() {
    return resolved.description().has(BackendTrait.ADOPTS);
  }

  /** What was found when the resolved backend was opened: warnings, since it was. */
  public List<Finding> resolvedFindings() {
    return resolvedFindings;
  }

  OpenBackend resolved() {
    return resolved;
  }

  /** The backend of an id, opened if need be; a failure to open it is final for this call. */
  synchronized OpenBackend of(BackendId id) {
    if (closed) {
      throw new UsageException(
          ErrorCode.CLOSED,
          "This Enclave has been closed meanwhile, so backend " + id + " is not opened any more.");
    }
    @Nullable OpenBackend known = open.get(id);
    if (known != null) {
      return known;
    }
    OpenBackend opened = opener.apply(id);
    open.put(id, opened);
    return opened;
  }

  /** Closes every one, and opens none any more. */
  public synchronized void close() {
    closed = true;
    open.values().forEach(OpenBackend::close);
  }
}
