package dev.enclave.emulators.internal.gcp.common;

import com.google.rpc.Code;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request as operations see it. Confined to one thread. */
public final class Call {

  private final String principal;
  private final Instant now;
  private final String routing;
  private final Policy policy;
  private @Nullable String resource;

  /**
   * A call.
   *
   * @param routing the header x-goog-request-params, or an empty string
   */
  public Call(String principal, Instant now, String routing, Policy policy) {
    this.principal = principal;
    this.now = now;
    this.routing = routing;
    this.policy = policy;
  }

  public Instant now() {
    return now;
  }

  /** The resource that it was found to be about. */
  public Optional<String> resource() {
    return Optional.ofNullable(resource);
  }

  /** For the journal. */
  public void about(String name) {
    resource = name;
  }

  /** Whether the caller has a permission. */
  public boolean allows(String permission, String name) {
    return policy.allows(principal, permission, name);
  }

  /**
   * "Permissions and roles" for which; "(or it may not exist)" because what is missing is refused
   * alike.
   */
  public void require(String permission, String name) {
    about(name);
    policy.checkPlace(name, routing);
    if (!allows(permission, name)) {
      throw GcpFailure.of(
          Code.PERMISSION_DENIED,
          "Permission '"
              + permission
              + "' denied on resource '"
              + name
              + "' (or it may not exist).",
          GcpFailure.info(
              "IAM_PERMISSION_DENIED", Map.of("permission", permission, "resource", name)));
    }
  }
}
