package dev.enclave.kit.workload;

import dev.enclave.kit.http.HttpAnswer;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * STS of a Region, for workloads on AWS that prove to another cloud who they are (AWS STS API
 * Reference, GetCallerIdentity and GetWebIdentityToken). Thread-safe.
 */
public final class AwsSts {

  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final String VERSION = "2011-06-15";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int TOKEN_SECONDS = 300;

  /** "IAM identifiers", IAM User Guide: the ARN of an assumed role's session. */
  private static final Pattern ASSUMED_ROLE =
      Pattern.compile("arn:[a-z0-9-]+:sts::[0-9]{12}:assumed-role/.+");

  private static final Pattern ARN = Pattern.compile("<Arn>([^<]{1,2048})</Arn>");
  private static final Pattern TOKEN =
      Pattern.compile("<WebIdentityToken>([^<]{1,32768})</WebIdentityToken>");
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z.]{1,80})</Code>");

  private final String region;
  private final HttpExchange exchange;
  private final TimeSource time;

  /** That of {@code region}: the global endpoint has no GetWebIdentityToken. */
  public AwsSts(String region, HttpExchange exchange, TimeSource time) {
    this.region = region;
    this.exchange = exchange;
    this.time = time;
  }

  /**
   * A signed request that is not sent: whoever sends it to AWS learns who signed it.
   *
   * @param uri the request's, by POST
   * @param headers all of them, by lower-case name
   */
  public record SignedRequest(URI uri, SortedMap<String, String> headers) {

    /** Where to alone: the headers are as good as a password for a while. */
    @Override
    public String toString() {
      return "SignedRequest[" + uri + "]";
    }
  }

  /**
   * GetCallerIdentity, for somebody else to send.
   *
   * @param header the name, in lower case, and the value of a header that is signed too, and says
   *     for whom it is
   */
  public SignedRequest callerIdentity(
      AwsSecurityCredentials credentials, Map<String, String> header) {
    URI uri = URI.create(endpoint() + "?Action=GetCallerIdentity&Version=" + VERSION);
    return new SignedRequest(uri, signature().headers(credentials, "POST", uri, header, ""));
  }

  /**
   * Asks AWS whether credentials that anybody could have put where they were found are a role's.
   *
   * @param named where they were found
   * @throws BackendFailure where they are not, or AWS does not say
   */
  public void requireRole(AwsSecurityCredentials credentials, String named) throws BackendFailure {
    String answer = send(credentials, "Action=GetCallerIdentity&Version=" + VERSION, named);
    if (found(ARN, answer).filter(arn -> ASSUMED_ROLE.matcher(arn).matches()).isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.REFUSED,
          "STS says that the credentials of "
              + named
              + " are no role's, and roles alone are taken here.",
          "Give the workload a role.");
    }
  }

  /**
   * A token that says, to those who trust the account's issuer, whose the credentials are.
   *
   * @param audience whom it is for
   * @param named where the credentials were found
   */
  public IdentityToken webIdentityToken(
      AwsSecurityCredentials credentials, String audience, String named) throws BackendFailure {
    String answer =
        send(
            credentials,
            "Action=GetWebIdentityToken&Version="
                + VERSION
                + "&Audience.member.1="
                + URLEncoder.encode(audience, StandardCharsets.UTF_8)
                + "&DurationSeconds="
                + TOKEN_SECONDS
                + "&SigningAlgorithm=RS256",
            named);
    return found(TOKEN, answer)
        .flatMap(IdentityToken::parse)
        .filter(token -> token.isFor(audience))
        .orElseThrow(
            () ->
                BackendFailure.transientFailure(
                    FailureCode.UNAVAILABLE,
                    host() + " answered something else than a token for " + audience + ".",
                    "Ask again."));
  }

  private String send(AwsSecurityCredentials credentials, String form, String named)
      throws BackendFailure {
    URI uri = URI.create(endpoint() + "/");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(form));
    signature()
        .headers(credentials, "POST", uri, Map.of("content-type", FORM), form)
        .forEach(
            (name, value) -> {
              // The client's own.
              if (!name.equals("host")) {
                request.header(name, value);
              }
            });
    HttpAnswer answer = exchange.send(request.build(), WITHIN);
    if (answer instanceof HttpAnswer.Silent silent) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          host() + " gave no answer: " + silent.observed() + ".",
          "Look at the network.");
    }
    HttpAnswer.Answered answered = (HttpAnswer.Answered) answer;
    if (answered.status() == 200) {
      return answered.text();
    }
    throw refused(answered, named);
  }

  private BackendFailure refused(HttpAnswer.Answered answered, String named) {
    String code = found(CODE, answered.text()).orElse("");
    String observed =
        host()
            + " answered HTTP "
            + answered.status()
            + (code.isEmpty() ? "" : " " + code)
            + " to the credentials of "
            + named
            + ".";
    if (answered.status() >= 500 || answered.status() == 429 || code.startsWith("Throttling")) {
      return BackendFailure.transientFailure(FailureCode.UNAVAILABLE, observed, "Ask again.");
    }
    // Others take its place ahead of their end.
    if (code.equals("ExpiredToken")) {
      return BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE, observed, "Check this machine's clock.");
    }
    return BackendFailure.permanent(FailureCode.ACCESS_DENIED, observed, fix(code));
  }

  private static String fix(String code) {
    return switch (code) {
      case "AccessDenied" -> "Allow the role sts:GetWebIdentityToken.";
      case "OutboundWebIdentityFederationDisabled",
          "OutboundWebIdentityFederationDisabledException" ->
          "Switch outbound web identity federation on in the account, by aws iam"
              + " enable-outbound-web-identity-federation.";
      case "SignatureDoesNotMatch", "RequestExpired" -> "Check this machine's clock.";
      default -> "Check the Region and the role.";
    };
  }

  private SignatureV4 signature() {
    return new SignatureV4(region, "sts", time.now());
  }

  private String endpoint() {
    return "https://" + host();
  }

  private String host() {
    return "sts." + region + (region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
