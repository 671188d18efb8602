package dev.enclave.emulators.internal.gcp;

import com.google.rpc.Code;
import dev.enclave.emulators.internal.access.DenyRules;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.wire.ServiceRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The projects that calls come from, whose API must be enabled ("About the quota project"): the one
 * that {@code x-goog-user-project} names, if the caller may use it; else a service account's own.
 * The login of a person comes from the project of gcloud, which has the API of no service. The
 * reasons are those of google/api/error_reason.proto.
 *
 * @param withoutApi projects in which the API is not enabled
 * @param denied who may not use what
 */
record Consumers(Set<String> withoutApi, DenyRules denied) {

  /** Before the e-mail address of a person (principal identifiers of IAM). */
  static final String PERSON = "user:";

  /** The number of the project that gcloud's OAuth client belongs to. */
  private static final String GCLOUD = "764086051850";

  private static final String USE = "serviceusage.services.use";
  private static final Pattern SERVICE_ACCOUNT =
      Pattern.compile("[^@]+@([^.]+)\\.iam\\.gserviceaccount\\.com");

  void check(String principal, ServiceRequest request) {
    Optional<String> named = request.header("x-goog-user-project");
    if (named.isPresent()
        && denied.denies(
            List.of(principal, "serviceAccount:" + principal), USE, "projects/" + named.get())) {
      throw refused(
          "Caller does not have required permission to use project " + named.get() + ".",
          "USER_PROJECT_DENIED",
          named.get());
    }
    String consumer = named.orElseGet(() -> own(principal));
    if (consumer.equals(GCLOUD) || withoutApi.contains(consumer)) {
      throw refused(
          "Cloud Key Management Service (KMS) API has not been used in project "
              + consumer
              + " before or it is disabled.",
          "SERVICE_DISABLED",
          consumer);
    }
  }

  private static String own(String principal) {
    if (principal.startsWith(PERSON)) {
      return GCLOUD;
    }
    Matcher account = SERVICE_ACCOUNT.matcher(principal);
    return account.matches() ? account.group(1) : "";
  }

  private static GcpFailure refused(String text, String reason, String project) {
    return GcpFailure.of(
        Code.PERMISSION_DENIED,
        text,
        GcpFailure.info(
            reason, Map.of("consumer", "projects/" + project, "service", GcpService.NAME)));
  }
}
