package dev.enclave.emulators.internal.aws.auth;

import java.util.List;

/** {@code DATE/REGION/SERVICE/aws4_request}: what a signature is good for. */
record CredentialScope(String date, String region, String service, String terminator) {

  List<String> parts() {
    return List.of(date, region, service, terminator);
  }

  String text() {
    return String.join("/", parts());
  }
}
