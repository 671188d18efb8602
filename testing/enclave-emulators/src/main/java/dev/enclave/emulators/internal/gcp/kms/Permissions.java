package dev.enclave.emulators.internal.gcp.kms;

import com.google.iam.v1.TestIamPermissionsRequest;
import com.google.iam.v1.TestIamPermissionsResponse;
import com.google.protobuf.Message;
import dev.enclave.emulators.internal.gcp.common.Call;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Operations;
import dev.enclave.emulators.internal.gcp.kms.model.Kind;
import dev.enclave.emulators.internal.gcp.kms.shared.Shared;
import java.util.List;

/**
 * google/iam/v1/iam_policy.proto, TestIamPermissions: "returns permissions that a caller has on the
 * specified resource. If the resource does not exist, this will return an empty set of permissions,
 * not a NOT_FOUND error." Policies themselves are not served.
 */
final class Permissions {

  private final Shared shared;

  Permissions(Shared shared) {
    this.shared = shared;
  }

  void register(Operations operations) {
    operations.put(
        "google.iam.v1.IAMPolicy",
        "TestIamPermissions",
        TestIamPermissionsRequest.getDefaultInstance(),
        this::test);
  }

  private Message test(Call call, TestIamPermissionsRequest request) {
    String resource = request.getResource();
    call.about(resource);
    for (String permission : request.getPermissionsList()) {
      // "Permissions with wildcards (such as * or storage.*) are not allowed."
      if (!permission.matches("cloudkms\\.[a-zA-Z]+\\.[a-zA-Z]+")) {
        throw GcpFailure.invalid("Permission " + permission + " is not valid for this resource.");
      }
    }
    List<String> allowed =
        exists(resource)
            ? request.getPermissionsList().stream()
                .filter(permission -> call.allows(permission, resource))
                .toList()
            : List.of();
    return TestIamPermissionsResponse.newBuilder().addAllPermissions(allowed).build();
  }

  /** IAM policies are of key rings, keys and import jobs ("Permissions and roles"). */
  private boolean exists(String resource) {
    try {
      if (Kind.KEY_RING.matches(resource)) {
        shared.resources().ring(resource);
      } else if (Kind.CRYPTO_KEY.matches(resource)) {
        shared.resources().key(resource);
      } else if (Kind.IMPORT_JOB.matches(resource)) {
        shared.resources().job(resource);
      } else {
        throw GcpFailure.invalid("The resource field must name a key ring, key or import job.");
      }
      return true;
    } catch (GcpFailure failure) {
      if (failure.code() == com.google.rpc.Code.NOT_FOUND) {
        return false;
      }
      throw failure;
    }
  }
}
