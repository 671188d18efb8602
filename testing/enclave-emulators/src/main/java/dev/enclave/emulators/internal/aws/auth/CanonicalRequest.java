package dev.enclave.emulators.internal.aws.auth;

import dev.enclave.emulators.wire.ServiceRequest;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** IAM User Guide, "Create a signed AWS API request", step 1: the canonical request. */
final class CanonicalRequest {

  private CanonicalRequest() {}

  static String of(ServiceRequest request, List<String> signedHeaders) {
    StringBuilder text = new StringBuilder(512);
    text.append(request.method()).append('\n');
    text.append(request.path().isEmpty() ? "/" : request.path()).append('\n');
    text.append(query(request.query())).append('\n');
    for (String name : signedHeaders) {
      text.append(name)
          .append(':')
          .append(
              request.headerValues(name).stream()
                  .map(value -> value.strip().replaceAll(" +", " "))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return text.append('\n')
        .append(String.join(";", signedHeaders))
        .append('\n')
        .append(Sha256.hex(request.body()))
        .toString();
  }

  private static String query(String query) {
    if (query.isEmpty()) {
      return "";
    }
    return Stream.of(query.split("&", -1))
        .map(part -> part.indexOf('=') < 0 ? part + "=" : part)
        .sorted()
        .collect(Collectors.joining("&"));
  }
}
