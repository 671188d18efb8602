package dev.enclave.emulators.internal.gcp;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Policy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One project in some locations, in which everybody may do what is granted, or everything where
 * nothing is granted, but what is denied.
 *
 * @param project its id
 * @param locations where Cloud KMS is
 * @param grants permissions by the resource that they are granted on
 */
public record GcpPolicy(
    String project,
    Set<String> locations,
    DenyRules denied,
    Supplier<Map<String, List<String>>> grants)
    implements Policy {

  private static final String GLOBAL = "global";

  @Override
  public boolean allows(String principal, String permission, String resource) {
    return resource.startsWith("projects/" + project + "/")
        && isGranted(permission, resource)
        && !denied.denies(List.of(principal, "serviceAccount:" + principal), permission, resource);
  }

  /** IAM, "Policy inheritance": a resource has the policies of those above it too. */
  private boolean isGranted(String permission, String resource) {
    Map<String, List<String>> all = grants.get();
    return all.isEmpty()
        || all.entrySet().stream()
            .filter(
                grant ->
                    resource.equals(grant.getKey()) || resource.startsWith(grant.getKey() + "/"))
            .anyMatch(grant -> grant.getValue().contains(permission));
  }

  /**
   * "Using gRPC with Cloud KMS": the header is required, and routes the call to the region of the
   * resource. Without one a call ends up in the global location.
   */
  @Override
  public void checkPlace(String resource, String routing) {
    String location = resource.split("/", -1)[3];
    if (!locations.contains(location)) {
      throw GcpFailure.invalid("Location " + location + " is not available.");
    }
    String routed = URLDecoder.decode(routing, StandardCharsets.UTF_8);
    if (!location.equals(GLOBAL) && !routed.contains("/locations/" + location)) {
      throw GcpFailure.invalid(
          "The request concerns location "
              + location
              + ", and was sent elsewhere. Set x-goog-request-params in its metadata.");
    }
  }
}
