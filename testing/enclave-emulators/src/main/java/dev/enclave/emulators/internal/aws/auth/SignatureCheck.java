package dev.enclave.emulators.internal.aws.auth;

import dev.enclave.emulators.internal.aws.common.AwsFailure;
import dev.enclave.emulators.internal.aws.common.Caller;
import dev.enclave.emulators.wire.ServiceRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.util.Arrays;

/**
 * Signature Version 4: IAM User Guide, "AWS Signature Version 4 for API requests", "Create a signed
 * AWS API request" and "Troubleshoot Signature Version 4 signing". Thread-safe.
 */
public final class SignatureCheck {

  // "Troubleshoot SigV4": the time stamp must be within five minutes of the service's time.
  private static final Duration SKEW = Duration.ofMinutes(5);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

  private final CredentialIssuer issuer;
  private final String service;
  private final Set<String> regions;
  private final boolean timesChecked;
  private final ErrorNames names;

  /**
   * Checks signatures for one service.
   *
   * @param regions those that a credential scope may name
   * @param timesChecked whether old signatures are refused
   */
  public SignatureCheck(
      CredentialIssuer issuer,
      String service,
      Set<String> regions,
      boolean timesChecked,
      ErrorNames names) {
    this.issuer = issuer;
    this.service = service;
    this.regions = regions;
    this.timesChecked = timesChecked;
    this.names = names;
  }

  /**
   * Who signed {@code request}.
   *
   * @throws AwsFailure if nobody did, or not as the service wants it
   */
  public Caller caller(ServiceRequest request) {
    Authorization authorization = authorization(request);
    Credential credential =
        issuer.byAccessKeyId(authorization.accessKeyId()).orElseThrow(names::unknownCredentials);
    if (!credential.token().equals(request.header("x-amz-security-token"))) {
      throw names.unknownCredentials();
    }
    checkExpiration(credential, request.time());
    checkScope(authorization.scope());
    String time = timeOf(request, authorization);
    checkTime(time, request.time());
    checkSignature(request, authorization, credential, time);
    return credential.caller();
  }

  private Authorization authorization(ServiceRequest request) {
    String header = request.header("authorization").orElseThrow(names::missingAuthentication);
    return Authorization.parse(header)
        .orElseThrow(
            () ->
                names.incompleteSignature(
                    "Authorization header requires 'Credential', 'Signature' and 'SignedHeaders'"
                        + " parameters."));
  }

  private void checkExpiration(Credential credential, Instant now) {
    credential
        .expiration()
        .filter(end -> !now.isBefore(end))
        .ifPresent(
            end -> {
              throw names.expiredToken();
            });
  }

  private void checkScope(CredentialScope scope) {
    if (!regions.contains(scope.region())) {
      throw names.badSignature(
          "Credential should be scoped to a valid region, not '" + scope.region() + "'. ");
    }
    if (!scope.service().equals(service)) {
      throw names.badSignature(
          "Credential should be scoped to correct service: '" + service + "'. ");
    }
    if (!scope.terminator().equals("aws4_request")) {
      throw names.badSignature(
          "Credential should be scoped with a valid terminator: 'aws4_request', not '"
              + scope.terminator()
              + "'. ");
    }
  }

  private String timeOf(ServiceRequest request, Authorization authorization) {
    String time =
        request
            .header("x-amz-date")
            .orElseThrow(
                () ->
                    names.incompleteSignature(
                        "Authorization header requires existence of either a 'X-Amz-Date' or a"
                            + " 'Date' header."));
    if (!time.startsWith(authorization.scope().date())) {
      throw names.badSignature(
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
              + " HTTP: '"
              + authorization.scope().date()
              + "' != '"
              + time
              + "'.");
    }
    return time;
  }

  private void checkTime(String text, Instant now) {
    Instant signed;
    try {
      signed = LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw names.incompleteSignature(
          "Date must be in ISO-8601 'basic format'. Got '" + text + "'.");
    }
    String ourTime = TIME.withZone(ZoneOffset.UTC).format(now);
    if (timesChecked && signed.isBefore(now.minus(SKEW))) {
      throw names.badSignature(
          "Signature expired: "
              + text
              + " is now earlier than "
              + format(now.minus(SKEW))
              + " ("
              + ourTime
              + " - 5 min.)");
    }
    if (timesChecked && signed.isAfter(now.plus(SKEW))) {
      throw names.badSignature(
          "Signature not yet current: "
              + text
              + " is still later than "
              + format(now.plus(SKEW))
              + " ("
              + ourTime
              + " + 5 min.)");
    }
  }

  private static String format(Instant time) {
    return TIME.withZone(ZoneOffset.UTC).format(time);
  }

  private void checkSignature(
      ServiceRequest request, Authorization authorization, Credential credential, String time) {
    Set<String> signed = Set.copyOf(authorization.signedHeaders());
    if (!signed.contains("host")
        || (credential.token().isPresent() && !signed.contains("x-amz-security-token"))) {
      throw names.badSignature(
          "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    }
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + time
            + "\n"
            + authorization.scope().text()
            + "\n"
            + Sha256.hex(
                CanonicalRequest.of(request, authorization.signedHeaders())
                    .getBytes(StandardCharsets.UTF_8));
    String expected =
        HexFormat.of().formatHex(Sha256.hmac(credential.signingKey(authorization.scope()), toSign));
    if (!Arrays.constantTimeAreEqual(
        expected.getBytes(StandardCharsets.US_ASCII),
        authorization.signature().getBytes(StandardCharsets.UTF_8))) {
      throw names.badSignature(
          "The request signature we calculated does not match the signature you provided. Check"
              + " your AWS Secret Access Key and signing method. Consult the service documentation"
              + " for details.");
    }
  }
}
