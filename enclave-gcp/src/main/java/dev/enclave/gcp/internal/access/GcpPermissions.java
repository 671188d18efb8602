package dev.enclave.gcp.internal.access;

import com.google.iam.v1.TestIamPermissionsRequest;
import com.google.iam.v1.TestIamPermissionsResponse;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.GcpOperation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the identity may do, by asking Cloud KMS for just that; nothing else is done. */
public final class GcpPermissions implements PermissionProber {

  private static final String SIGNING = "signing and sealing";
  private static final String CREATING = "creating, rotating and changing keys";

  /** For keys that are there. */
  public static final List<String> TO_USE =
      List.of(
          "cloudkms.cryptoKeys.get",
          "cloudkms.cryptoKeyVersions.get",
          "cloudkms.cryptoKeyVersions.list",
          "cloudkms.cryptoKeyVersions.viewPublicKey",
          "cloudkms.cryptoKeyVersions.useToSign",
          "cloudkms.cryptoKeyVersions.useToEncrypt",
          "cloudkms.cryptoKeyVersions.useToDecrypt");

  /** Besides, for making and changing them. */
  public static final List<String> TO_CHANGE =
      List.of(
          "cloudkms.cryptoKeys.list",
          "cloudkms.cryptoKeys.create",
          "cloudkms.cryptoKeyVersions.create",
          "cloudkms.cryptoKeyVersions.update",
          "cloudkms.cryptoKeyVersions.destroy");

  /** Besides, for restoring keys; not asked about, since few ever do. */
  public static final List<String> TO_IMPORT =
      List.of(
          "cloudkms.importJobs.create",
          "cloudkms.importJobs.get",
          "cloudkms.importJobs.useToImport");

  private final GcpCalls calls;

  public GcpPermissions(GcpCalls calls) {
    this.calls = calls;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    List<String> all = new ArrayList<>(TO_USE);
    all.addAll(TO_CHANGE);
    Set<String> granted = granted(calls.session().keyRing(), all, call);
    List<Permission> answers = new ArrayList<>();
    TO_USE.forEach(name -> answers.add(permission(name, SIGNING, granted)));
    TO_CHANGE.forEach(name -> answers.add(permission(name, CREATING, granted)));
    return answers;
  }

  /** Those of them that this identity has on a resource. */
  Set<String> granted(String resource, List<String> permissions, CallContext call)
      throws BackendFailure {
    TestIamPermissionsResponse answer =
        calls.send(
            GcpOperation.TEST_PERMISSIONS,
            resource,
            TestIamPermissionsRequest.newBuilder()
                .setResource(resource)
                .addAllPermissions(permissions)
                .build(),
            call);
    return new LinkedHashSet<>(answer.getPermissionsList());
  }

  private static Permission permission(String name, String neededFor, Set<String> granted) {
    return Permission.of(
        name,
        neededFor,
        granted.contains(name),
        "Grant " + name + " on the key ring by a custom role; doctor --iam prints both");
  }
}
