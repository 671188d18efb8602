package dev.enclave.core.internal.resolve;

import dev.enclave.BackendId;
import dev.enclave.diagnosis.Resolution;
import java.util.List;

/** A choice with its reasons. */
public record EngineResolution(BackendId chosen, String reason, List<Rejection> rejected)
    implements Resolution {
  public EngineResolution {
    rejected = List.copyOf(rejected);
  }
}
