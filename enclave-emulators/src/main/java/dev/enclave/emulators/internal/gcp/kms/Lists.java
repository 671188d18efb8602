package dev.enclave.emulators.internal.gcp.kms;

import com.google.rpc.Code;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;

/** What lists have in common. */
final class Lists {

  private Lists() {}

  /** "Sorting and filtering list results" is not served. */
  static void refuseFilter(String filter, String orderBy) {
    if (!filter.isEmpty() || !orderBy.isEmpty()) {
      throw GcpFailure.of(Code.UNIMPLEMENTED, "Filters and orders of lists are not served here.");
    }
  }
}
