package dev.enclave.emulators.internal.gcp.kms.shared;

import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;

/** What lists have in common. */
public final class Lists {

  private Lists() {}

  /** "Sorting and filtering list results" is not served. */
  public static void refuseFilter(String filter, String orderBy) {
    if (!filter.isEmpty() || !orderBy.isEmpty()) {
      throw GcpFailure.of(Code.UNIMPLEMENTED, "Filters and orders of lists are not served here.");
    }
  }
}
