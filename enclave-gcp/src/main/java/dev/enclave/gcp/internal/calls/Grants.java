package dev.enclave.gcp.internal.calls;

import com.google.iam.v1.TestIamPermissionsRequest;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Asks Cloud KMS which permissions this identity has, by a request that changes nothing. */
public final class Grants {

  private Grants() {}

  /**
   * Those of {@code permissions} that this identity has on {@code resource}. None is the answer for
   * a resource that does not exist, too (google/iam/v1/iam_policy.proto).
   *
   * @return nothing where a server that is not Google's does not know the request: other servers
   *     leave IAM out
   * @throws BackendFailure when there is no answer, or Google refuses to give one
   */
  public static Optional<Set<String>> on(
      String resource, List<String> permissions, GcpCalls calls, CallContext call)
      throws BackendFailure {
    try {
      return Optional.of(
          new LinkedHashSet<>(
              calls
                  .send(
                      GcpOperation.TEST_PERMISSIONS,
                      resource,
                      TestIamPermissionsRequest.newBuilder()
                          .setResource(resource)
                          .addAllPermissions(permissions)
                          .build(),
                      call)
                  .getPermissionsList()));
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.UNSUPPORTED && !calls.session().reportsHsm()) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
