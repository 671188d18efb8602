package dev.enclave.emulators.internal.vault.access.method;

import dev.enclave.emulators.internal.json.Json;
import dev.enclave.emulators.internal.vault.access.token.Parameters;
import dev.enclave.emulators.internal.vault.common.VaultCall;
import dev.enclave.emulators.internal.vault.common.VaultFailure;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code aws} of the type {@code iam} (Vault documentation, "AWS auth method", IAM auth method):
 * the client signs a GetCallerIdentity request, and whoever has it may ask AWS STS who that was.
 * STS is that of another server of this process.
 */
final class Aws extends AuthMethod {

  private static final String SERVER_ID = "X-Vault-AWS-IAM-Server-ID";
  private static final Pattern ARN = Pattern.compile("<Arn>([^<]+)</Arn>");
  private static final Pattern ACCOUNT = Pattern.compile("<Account>([^<]+)</Account>");
  private static final Pattern USER_ID = Pattern.compile("<UserId>([^<]+)</UserId>");
  private static final Pattern SESSION =
      Pattern.compile("arn:([^:]+):sts::([0-9]+):assumed-role/([^/]+)/[^/]+");

  private final Service sts;

  Aws(Service sts) {
    this.sts = sts;
  }

  @Override
  String type() {
    return "aws";
  }

  @Override
  String configPath() {
    return "config/client";
  }

  @Override
  void requireRole(Parameters role) {
    if (role.text("auth_type").equals("ec2")) {
      throw VaultFailure.invalid("roles of the type ec2 are not evaluated by this server");
    }
    if (role.list("bound_iam_principal_arn").isEmpty()) {
      throw VaultFailure.invalid("at least one bound parameter should be specified on the role");
    }
  }

  @Override
  Login login(VaultCall call, Parameters input) {
    String method = required(input, "iam_http_request_method", "missing iam_http_request_method");
    URI url = url(decoded(input, "iam_request_url"));
    String body = decoded(input, "iam_request_body");
    Map<String, List<String>> headers = headers(decoded(input, "iam_request_headers"));
    config()
        .map(config -> config.text("iam_server_id_header_value"))
        .filter(id -> !id.isEmpty())
        .ifPresent(id -> requireServerId(headers, id));
    if (!method.equals("POST") || !body.contains("Action=GetCallerIdentity")) {
      throw VaultFailure.invalid("iam_request_body must be of GetCallerIdentity, by POST");
    }
    ServiceResponse answer =
        sts.handle(
            ServiceRequest.of(
                    call.request().id(),
                    call.time(),
                    method,
                    url.getRawPath().isEmpty() ? "/" : url.getRawPath(),
                    Optional.ofNullable(url.getRawQuery()).orElse(""),
                    headers,
                    body.getBytes(StandardCharsets.UTF_8))
                .named("GetCallerIdentity"));
    String xml = new String(answer.body(), StandardCharsets.UTF_8);
    if (answer.status() != 200) {
      throw VaultFailure.invalid(
          "error making upstream request: received error code "
              + answer.status()
              + " from STS: "
              + xml);
    }
    return login(input, first(ARN, xml), first(ACCOUNT, xml), first(USER_ID, xml));
  }

  private Login login(Parameters input, String arn, String account, String userId) {
    Matcher session = SESSION.matcher(arn);
    String principal =
        session.matches()
            ? "arn:" + session.group(1) + ":iam::" + session.group(2) + ":role/" + session.group(3)
            : arn;
    String name =
        input.text("role").isEmpty()
            ? principal.substring(principal.lastIndexOf('/') + 1)
            : input.text("role").toLowerCase(Locale.ROOT);
    Parameters role =
        role(name)
            .orElseThrow(() -> VaultFailure.invalid("entry for role \"" + name + "\" not found"));
    boolean bound =
        role.list("bound_iam_principal_arn").stream()
            .anyMatch(
                each ->
                    each.equals(principal)
                        || (each.endsWith("*")
                            && principal.startsWith(each.substring(0, each.length() - 1))));
    if (!bound) {
      throw VaultFailure.invalid(
          "IAM Principal \"" + arn + "\" does not belong to the role \"" + name + "\"");
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("role_id", "");
    metadata.put("client_arn", arn);
    metadata.put("canonical_arn", principal);
    metadata.put("client_user_id", userId.replaceFirst(":.*", ""));
    metadata.put("auth_type", "iam");
    metadata.put("account_id", account);
    return new Login(name, principal.substring(principal.lastIndexOf('/') + 1), arn, metadata);
  }

  private static String first(Pattern pattern, String xml) {
    Matcher matcher = pattern.matcher(xml);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static String decoded(Parameters input, String name) {
    String text = required(input, name, "missing " + name);
    if (name.equals("iam_request_headers") && text.startsWith("{")) {
      return text;
    }
    try {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw VaultFailure.invalid("failed to base64 decode " + name);
    }
  }

  private static URI url(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw VaultFailure.invalid("error parsing iam_request_url");
    }
  }

  /** By name: a value, or several. */
  private static Map<String, List<String>> headers(String json) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    Json.parseObject(json.getBytes(StandardCharsets.UTF_8))
        .orElseThrow(() -> VaultFailure.invalid("failed to JSON decode iam_request_headers"))
        .forEach(
            (name, value) ->
                headers.put(
                    name,
                    value instanceof List<?> list
                        ? list.stream().map(String::valueOf).toList()
                        : List.of(String.valueOf(value))));
    return headers;
  }

  /** The header must be there, say this, and be signed. */
  private static void requireServerId(Map<String, List<String>> headers, String wanted) {
    String why = "error validating " + SERVER_ID + " header: ";
    String found =
        header(headers, SERVER_ID)
            .orElseThrow(() -> VaultFailure.invalid(why + "missing header \"" + SERVER_ID + "\""));
    if (!found.equals(wanted)) {
      throw VaultFailure.invalid(why + "expected \"" + wanted + "\" but got \"" + found + "\"");
    }
    boolean signed =
        header(headers, "Authorization")
            .map(text -> text.replaceFirst("(?s).*SignedHeaders=([^,]*).*", "$1"))
            .stream()
            .flatMap(names -> Arrays.stream(names.split(";", -1)))
            .anyMatch(SERVER_ID::equalsIgnoreCase);
    if (!signed) {
      throw VaultFailure.invalid(why + "header wasn't signed");
    }
  }

  private static Optional<String> header(Map<String, List<String>> headers, String name) {
    return headers.entrySet().stream()
        .filter(each -> each.getKey().equalsIgnoreCase(name))
        .map(each -> String.join(",", each.getValue()))
        .findFirst();
  }
}
