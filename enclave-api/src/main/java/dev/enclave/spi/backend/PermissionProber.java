package dev.enclave.spi.backend;

import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.List;

/** Tells what the backend's identity is allowed to do. */
@FunctionalInterface
public non-sealed interface PermissionProber extends Capability {

  /**
   * Everything that signing, sealing and creating keys here need, by calls that change nothing (a
   * dry run, a permission test); the same names in the same order each time. Each is told by the
   * provider's own answer to a request for it; what no answer proves is {@link Grant#UNKNOWN},
   * never granted. A backend that can tell adds what the identity may do and need not ({@link
   * Permission#excess}).
   */
  List<Permission> permissions(CallContext call) throws BackendFailure;
}
