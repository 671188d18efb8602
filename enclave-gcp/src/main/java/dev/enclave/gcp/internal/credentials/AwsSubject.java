package dev.enclave.gcp.internal.credentials;

import dev.enclave.kit.workload.AwsSts.SignedRequest;
import dev.enclave.kit.workload.AwsWorkload;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A workload on AWS: a signed GetCallerIdentity that Google's Security Token Service sends to AWS
 * ("Configure Workload Identity Federation with AWS or Azure VMs", "Obtain short-lived tokens for
 * Workload Identity Federation"). Credentials and Region come from where AWS has them, whatever the
 * file says of addresses; a file that names others is refused.
 */
record AwsSubject(CredentialsFile file, AwsWorkload workload) implements SubjectTokens {

  private static final String VERIFICATION =
      "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15";
  private static final String TOKEN_TYPE = "urn:ietf:params:aws:token-type:aws4_request";
  private static final String FOR_WHOM = "x-goog-cloud-target-resource";
  private static final List<String> ADDRESSES =
      List.of("region_url", "url", "imdsv2_session_token_url");
  private static final List<String> INSTANCE =
      List.of("http://169.254.169.254/latest/", "http://[fd00:ec2::254]/latest/");

  static AwsSubject of(
      CredentialsFile file,
      EnvironmentSnapshot environment,
      HttpExchange exchange,
      TimeSource time,
      boolean strict)
      throws BackendFailure {
    if (source(file, "environment_id").filter("aws1"::equals).isEmpty()) {
      throw file.misconfigured("its environment_id is not aws1");
    }
    if (file.get("subject_token_type").filter(TOKEN_TYPE::equals).isEmpty()) {
      throw file.misconfigured("its subject_token_type is not " + TOKEN_TYPE);
    }
    if (source(file, "regional_cred_verification_url").filter(VERIFICATION::equals).isEmpty()) {
      throw file.misconfigured("its regional_cred_verification_url is not " + VERIFICATION);
    }
    for (String name : ADDRESSES) {
      Optional<String> address = source(file, name);
      if (address.isPresent() && INSTANCE.stream().noneMatch(address.get()::startsWith)) {
        throw file.misconfigured("its " + name + " is not at the instance metadata service");
      }
    }
    return new AwsSubject(file, new AwsWorkload(environment, exchange, time, strict));
  }

  private static Optional<String> source(CredentialsFile file, String name) {
    return file.get("credential_source." + name);
  }

  @Override
  public Subject subject() throws BackendFailure {
    String audience =
        file.get("audience").orElseThrow(() -> file.misconfigured("it lacks audience"));
    AwsWorkload.Identity identity = workload.identity();
    SignedRequest request =
        identity.sts().callerIdentity(identity.credentials(), Map.of(FOR_WHOM, audience));
    // As Google's own clients write it.
    String headers =
        request.headers().entrySet().stream()
            .map(
                header ->
                    "{\"key\":\""
                        + header.getKey()
                        + "\",\"value\":\""
                        + escaped(header.getValue())
                        + "\"}")
            .collect(Collectors.joining(","));
    String json =
        "{\"url\":\"" + request.uri() + "\",\"method\":\"POST\",\"headers\":[" + headers + "]}";
    return new Subject(
        URLEncoder.encode(json, StandardCharsets.UTF_8), " with " + identity.named());
  }

  /** Inside a JSON string (RFC 8259 §7). */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (c < 0x20 || c == '"' || c == '\\') {
                escaped.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
              } else {
                escaped.append((char) c);
              }
            });
    return escaped.toString();
  }

  @Override
  public void close() {
    workload.close();
  }
}
