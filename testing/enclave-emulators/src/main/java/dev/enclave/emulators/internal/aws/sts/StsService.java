package dev.enclave.emulators.internal.aws.sts;

import dev.enclave.emulators.internal.aws.auth.Credential;
import dev.enclave.emulators.internal.aws.auth.CredentialIssuer;
import dev.enclave.emulators.internal.aws.auth.SignatureCheck;
import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Caller;
import dev.enclave.emulators.internal.aws.common.Partition;
import dev.enclave.emulators.internal.form.Form;
import dev.enclave.emulators.internal.token.SignedTokens;
import dev.enclave.emulators.wire.Service;
import dev.enclave.emulators.wire.ServiceRequest;
import dev.enclave.emulators.wire.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** AWS STS: its Query protocol, version 2011-06-15. */
public final class StsService implements Service {

  private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";
  private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");
  // AssumeRoleWithWebIdentity: DurationSeconds: from 900 up to the role's maximum, 3600 by default.
  private static final int SHORTEST = 900;
  private static final int STANDARD = 3600;
  private static final int LONGEST = 43_200;
  private static final int SHORTEST_TOKEN = 60;
  private static final int STANDARD_TOKEN = 300;
  private static final int LONGEST_TOKEN = 3600;

  private final SignatureCheck signatures;
  private final CredentialIssuer issuer;
  private final WebIdentities identities;
  private final Partition partition;
  private final SecureRandom random;

  public StsService(
      SignatureCheck signatures,
      CredentialIssuer issuer,
      WebIdentities identities,
      Partition partition,
      SecureRandom random) {
    this.signatures = signatures;
    this.issuer = issuer;
    this.identities = identities;
    this.partition = partition;
    this.random = random;
  }

  @Override
  public ServiceResponse handle(ServiceRequest request) {
    try {
      Map<String, String> form = parameters(request);
      return switch (request.operation()) {
        case "GetCallerIdentity" -> callerIdentity(request);
        case "AssumeRoleWithWebIdentity" -> assumeRole(request, form);
        case "GetWebIdentityToken" -> webIdentityToken(request, form);
        default ->
            throw AwsFailure.of(
                "InvalidAction",
                "Could not find operation "
                    + request.operation()
                    + " for version "
                    + form.getOrDefault("Version", "NO_VERSION_SPECIFIED"));
      };
    } catch (AwsFailure failure) {
      return failed(request, failure);
    }
  }

  /** Those of a form, or of the query. */
  public static Map<String, String> parameters(ServiceRequest request) {
    return request.query().isEmpty() ? Form.parse(request.body()) : Form.parse(request.query());
  }

  /** Whose tokens GetWebIdentityToken gives: each account has an issuer of its own. */
  public static String issuer(String account) {
    return "https://00000000-0000-4000-8000-" + account + ".tokens.sts.global.api.aws";
  }

  /**
   * STS API Reference, GetWebIdentityToken: a signed JSON Web Token, of 60 to 3600 seconds, 300 by
   * default; its subject is the ARN of the role.
   */
  private ServiceResponse webIdentityToken(ServiceRequest request, Map<String, String> form) {
    Caller caller = signatures.caller(request.received());
    String audience = required(form, "Audience.member.1");
    if (!List.of("RS256", "ES384").contains(required(form, "SigningAlgorithm"))) {
      throw invalid("signingAlgorithm");
    }
    Instant end =
        request.time().plusSeconds(seconds(form, SHORTEST_TOKEN, STANDARD_TOKEN, LONGEST_TOKEN));
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", issuer(partition.account()));
    claims.put("aud", audience);
    claims.put("sub", caller.policyArn());
    claims.put("iat", request.time().getEpochSecond());
    claims.put("exp", end.getEpochSecond());
    claims.put("jti", request.id());
    return answer(
            request,
            new Xml()
                .element("WebIdentityToken", SignedTokens.sign(claims, random))
                .element("Expiration", end.truncatedTo(ChronoUnit.SECONDS).toString()))
        .askedBy(caller.arn());
  }

  /** STS API Reference, GetCallerIdentity: "No permissions are required". */
  private ServiceResponse callerIdentity(ServiceRequest request) {
    Caller caller = signatures.caller(request.received());
    Xml result =
        new Xml()
            .element("Arn", caller.arn())
            .element("UserId", caller.userId())
            .element("Account", partition.account());
    return answer(request, result).askedBy(caller.arn());
  }

  /** STS API Reference, AssumeRoleWithWebIdentity: not signed; the token is the authority. */
  private ServiceResponse assumeRole(ServiceRequest request, Map<String, String> form) {
    String roleArn = required(form, "RoleArn");
    String session = required(form, "RoleSessionName");
    String token = required(form, "WebIdentityToken");
    if (!SESSION_NAME.matcher(session).matches()) {
      throw invalid("roleSessionName");
    }
    int seconds = seconds(form, SHORTEST, STANDARD, LONGEST);
    WebIdentities.Grant grant =
        identities
            .find(token, request.time())
            .orElseThrow(
                () ->
                    AwsFailure.of(
                        "InvalidIdentityToken",
                        "The web identity token that was passed could not be validated."));
    String role =
        grant.roles().stream()
            .filter(name -> partition.roleArn(name).equals(roleArn))
            .findFirst()
            .orElseThrow(
                () ->
                    AwsFailure.of(
                        "AccessDenied",
                        403,
                        "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    Credential credential =
        issuer.newSession(role, session, request.time(), Duration.ofSeconds(seconds));
    return answer(request, assumed(credential, grant)).askedBy(credential.caller().arn());
  }

  private static Xml assumed(Credential credential, WebIdentities.Grant grant) {
    return new Xml()
        .element("SubjectFromWebIdentityToken", grant.subject())
        .open("AssumedRoleUser")
        .element("Arn", credential.caller().arn())
        .element("AssumedRoleId", credential.caller().userId())
        .close("AssumedRoleUser")
        .open("Credentials")
        .element("AccessKeyId", credential.accessKeyId())
        .element("SecretAccessKey", credential.secret())
        .element("SessionToken", credential.token().orElseThrow())
        .element(
            "Expiration",
            credential.expiration().orElseThrow().truncatedTo(ChronoUnit.SECONDS).toString())
        .close("Credentials");
  }

  private static int seconds(Map<String, String> form, int shortest, int standard, int longest) {
    String text = form.getOrDefault("DurationSeconds", Integer.toString(standard));
    try {
      int seconds = Integer.parseInt(text);
      if (seconds >= shortest && seconds <= longest) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // As wrong as a number out of range.
    }
    throw invalid("durationSeconds");
  }

  private static String required(Map<String, String> form, String name) {
    return Optional.ofNullable(form.get(name))
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> invalid(Character.toLowerCase(name.charAt(0)) + name.substring(1)));
  }

  private static AwsFailure invalid(String member) {
    return AwsFailure.of(
        "ValidationError",
        "1 validation error detected: Value at '" + member + "' failed to satisfy constraint");
  }

  private static ServiceResponse answer(ServiceRequest request, Xml result) {
    String operation = request.operation();
    String xml =
        "<"
            + operation
            + "Response xmlns=\""
            + NAMESPACE
            + "\"><"
            + operation
            + "Result>"
            + result
            + "</"
            + operation
            + "Result>"
            + new Xml()
                .open("ResponseMetadata")
                .element("RequestId", request.id())
                .close("ResponseMetadata")
            + "</"
            + operation
            + "Response>";
    return response(request, 200, xml);
  }

  /** An error answer. */
  public static ServiceResponse failed(ServiceRequest request, AwsFailure failure) {
    String xml =
        "<ErrorResponse xmlns=\""
            + NAMESPACE
            + "\">"
            + new Xml()
                .open("Error")
                .element("Type", failure.status() < 500 ? "Sender" : "Receiver")
                .element("Code", failure.name())
                .element("Message", failure.text())
                .close("Error")
                .element("RequestId", request.id())
            + "</ErrorResponse>";
    return response(request, failure.status(), xml).failedWith(failure.name());
  }

  private static ServiceResponse response(ServiceRequest request, int status, String xml) {
    return ServiceResponse.of(status, xml.getBytes(StandardCharsets.UTF_8))
        .withHeader("x-amzn-RequestId", request.id())
        .withHeader("Content-Type", "text/xml");
  }
}
