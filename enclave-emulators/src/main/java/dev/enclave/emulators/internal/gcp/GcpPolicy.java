package dev.enclave.emulators.internal.gcp;

import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.gcp.common.Policy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * One project in some locations, in which everybody may do everything but what is denied.
 *
 * @param project its id
 * @param locations where Cloud KMS is
 */
public record GcpPolicy(String project, Set<String> locations, DenyRules denied) implements Policy {

  private static final String GLOBAL = "global";

  @Override
  public boolean allows(String principal, String permission, String resource) {
    return resource.startsWith("projects/" + project + "/")
        && !denied.denies(List.of(principal, "serviceAccount:" + principal), permission, resource);
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
