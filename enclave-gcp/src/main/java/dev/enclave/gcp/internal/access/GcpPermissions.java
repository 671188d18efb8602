package dev.enclave.gcp.internal.access;

import dev.enclave.kit.key.LastToSign;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.gcp.internal.calls.GcpCalls;
import dev.enclave.gcp.internal.calls.Grants;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.PermissionProber;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the identity may do, by asking Cloud KMS for just that; nothing else is done. Of a server
 * that is not Google's and does not know the question nothing is known.
 */
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

  /** Both: with none of them an identity can do nothing. */
  static final List<String> ALL = Stream.concat(TO_USE.stream(), TO_CHANGE.stream()).toList();

  /** Besides, for restoring keys; not asked about, since few ever do. */
  public static final List<String> TO_IMPORT =
      List.of(
          "cloudkms.importJobs.create",
          "cloudkms.importJobs.get",
          "cloudkms.importJobs.useToImport");

  private final GcpCalls calls;
  private final LastToSign lastToSign;

  public GcpPermissions(GcpCalls calls, LastToSign lastToSign) {
    this.calls = calls;
    this.lastToSign = lastToSign;
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    String ring = calls.session().keyRing();
    Optional<Set<String>> granted = Grants.on(ring, ALL, calls, call);
    if (granted.isEmpty()) {
      return Stream.concat(
              TO_USE.stream().map(name -> untold(name, SIGNING)),
              TO_CHANGE.stream().map(name -> untold(name, CREATING)))
          .toList();
    }
    Set<String> use = new HashSet<>(granted.get());
    use.retainAll(onKey(ring, call).orElse(granted.get()));
    String fix =
        granted.get().isEmpty()
            ? " on the key ring by a custom role, or correct enclave.gcp-kms.key-ring: a key ring"
                + " that does not exist grants nothing either; doctor --iam prints both roles"
            : " on the key ring by a custom role; doctor --iam prints both";
    List<Permission> answers = new ArrayList<>();
    TO_USE.forEach(name -> answers.add(permission(name, SIGNING, use, fix)));
    TO_CHANGE.forEach(name -> answers.add(permission(name, CREATING, granted.get(), fix)));
    return answers;
  }

  /** A condition or a deny policy may take from a key what its key ring grants. */
  private Optional<Set<String>> onKey(String ring, CallContext call) throws BackendFailure {
    Optional<String> key =
        lastToSign
            .get()
            .map(usable -> GcpNames.keyOf(usable.uri()))
            .filter(name -> name.startsWith(ring + "/"));
    return key.isPresent() ? Grants.on(key.get(), TO_USE, calls, call) : Optional.empty();
  }

  private static Permission untold(String name, String neededFor) {
    return Permission.unknown(
        name,
        neededFor,
        "the server at enclave.gcp-kms.endpoint does not know TestIamPermissions",
        "Create a key and sign with it to find out what works there");
  }

  private static Permission permission(
      String name, String neededFor, Set<String> granted, String fix) {
    return Permission.of(name, neededFor, granted.contains(name), "Grant " + name + fix);
  }
}
