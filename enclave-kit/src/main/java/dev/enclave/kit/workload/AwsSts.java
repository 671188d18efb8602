package dev.enclave.kit.workload;

import static dev.enclave.kit.Failures.denied;
import static dev.enclave.kit.Failures.unavailable;

import dev.enclave.DigestAlgorithm;
import dev.enclave.Message;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.http.HttpExchange;
import dev.enclave.kit.json.Json;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.Security;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * STS of a Region, for workloads on AWS that prove to another cloud who they are (AWS STS API
 * Reference, GetCallerIdentity and GetWebIdentityToken), without AWS's SDK. Thread-safe.
 *
 * @param region whose it is: the global endpoint has no GetWebIdentityToken
 */
public record AwsSts(String region, HttpExchange exchange, TimeSource time) {

  private static final String VERSION = "&Version=2011-06-15";

  /** The body of {@link #callerIdentityByForm}. */
  public static final String CALLER_IDENTITY = "Action=GetCallerIdentity" + VERSION;

  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int TOKEN_SECONDS = 300;

  /** "IAM identifiers", IAM User Guide: the ARN of an assumed role's session. */
  public static final Pattern ASSUMED_ROLE =
      Pattern.compile("arn:[a-z0-9-]+:sts::[0-9]{12}:assumed-role/.+");

  private static final Pattern ARN = Pattern.compile("<Arn>([^<]{1,2048})</Arn>");
  private static final Pattern TOKEN =
      Pattern.compile("<WebIdentityToken>([^<]{1,32768})</WebIdentityToken>");
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z.]{1,80})</Code>");

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = 8;

  /**
   * A signed request that is not sent: whoever sends it to AWS learns who signed it.
   *
   * @param uri the request's, by POST
   * @param headers all of them, by lower-case name
   */
  public record SignedRequest(URI uri, SortedMap<String, String> headers) {

    /** As Google's clients write it. */
    public String json() {
      List<Map<String, String>> listed =
          headers.entrySet().stream()
              .map(header -> Map.of("key", header.getKey(), "value", header.getValue()))
              .toList();
      return new String(
          Json.write(Map.of("url", uri, "method", "POST", "headers", listed)),
          StandardCharsets.UTF_8);
    }

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
    URI uri = URI.create("https://" + host() + "?Action=GetCallerIdentity" + VERSION);
    return new SignedRequest(uri, signed(credentials, uri, header, ""));
  }

  /** The same with its parameters in the body, {@link #CALLER_IDENTITY}, as Vault wants it. */
  public SignedRequest callerIdentityByForm(
      AwsSecurityCredentials credentials, Map<String, String> header) {
    URI uri = URI.create("https://" + host() + "/");
    Map<String, String> headers = new TreeMap<>(header);
    headers.put("content-type", FORM);
    return new SignedRequest(uri, signed(credentials, uri, headers, CALLER_IDENTITY));
  }

  /**
   * Asks AWS whether credentials that anybody could have put where they were found are a role's.
   *
   * @param named where they were found
   * @throws BackendFailure where they are not, or AWS does not say
   */
  public void requireRole(AwsSecurityCredentials credentials, String named) throws BackendFailure {
    String answer = send(credentials, CALLER_IDENTITY, named);
    if (found(ARN, answer).filter(arn -> ASSUMED_ROLE.matcher(arn).matches()).isEmpty()) {
      throw Texts.NO_ROLE.permanent(FailureCode.REFUSED, named);
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
    String form =
        "Action=GetWebIdentityToken%s&Audience.member.1=%s&DurationSeconds=%s&SigningAlgorithm=RS256"
            .formatted(VERSION, URLEncoder.encode(audience, StandardCharsets.UTF_8), TOKEN_SECONDS);
    return found(TOKEN, send(credentials, form, named))
        .flatMap(IdentityToken::parse)
        .filter(token -> token.isFor(audience))
        .orElseThrow(
            () ->
                Texts.NO_TOKEN_OF_STS.transientFailure(FailureCode.UNAVAILABLE, host(), audience));
  }

  private String send(AwsSecurityCredentials credentials, String form, String named)
      throws BackendFailure {
    URI uri = URI.create("https://" + host() + "/");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(form));
    Map<String, String> type = Map.of("content-type", FORM);
    SortedMap<String, String> headers = signed(credentials, uri, type, form);
    // The client's own.
    headers.remove("host");
    headers.forEach(request::header);
    String what = Texts.CREDENTIALS_OF.with(named);
    Answered answered =
        Answers.of(exchange, request.build(), host(), what, Texts.LOOK_AT_NETWORK.with());
    if (answered.status() == 200) {
      return answered.text();
    }
    String code = found(CODE, answered.text()).orElse("");
    String observed =
        Answers.told(host(), answered, what) + (code.isEmpty() ? "" : Texts.IT_SAYS.with(code));
    // Of credentials that have expired, others take the place ahead of their end.
    throw code.startsWith("Throttling") || code.equals("ExpiredToken")
        ? unavailable(observed, fix(code))
        : denied(observed, fix(code));
  }

  private static String fix(String code) {
    return switch (code) {
      case "AccessDenied" -> Texts.ALLOW_WEB_IDENTITY.with();
      case "OutboundWebIdentityFederationDisabled",
          "OutboundWebIdentityFederationDisabledException" ->
          Texts.SWITCH_FEDERATION_ON.with();
      case "ExpiredToken", "SignatureDoesNotMatch", "RequestExpired" -> Texts.CHECK_CLOCK.with();
      default ->
          code.startsWith("Throttling")
              ? Texts.ASK_AGAIN.with()
              : Texts.CHECK_REGION_AND_ROLE.with();
    };
  }

  private String host() {
    return "sts." + region + (region.startsWith("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com");
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /**
   * The headers of a POST by lower-case name, all of them signed by Signature Version 4 (IAM User
   * Guide, "Create a signed AWS API request"), and what signs them: {@code host} too, which HTTP
   * clients set themselves. For paths and queries that need no encoding. AWS takes it for five
   * minutes.
   */
  private SortedMap<String, String> signed(
      AwsSecurityCredentials credentials, URI uri, Map<String, String> headers, String body) {
    String at = TIME.format(time.now());
    String scope = String.join("/", at.substring(0, DATE_LENGTH), region, "sts", "aws4_request");
    SortedMap<String, String> signed = new TreeMap<>(headers);
    signed.put("host", uri.getAuthority());
    signed.put("x-amz-date", at);
    credentials.sessionToken().ifPresent(token -> signed.put("x-amz-security-token", token));
    String names = String.join(";", signed.keySet());
    String lines =
        signed.entrySet().stream()
            .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
            .collect(Collectors.joining());
    String query =
        Arrays.stream(Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1))
            .sorted()
            .collect(Collectors.joining("&"));
    String canonical = String.join("\n", "POST", "/", query, lines, names, hash(body));
    byte[] key = ("AWS4" + credentials.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/", -1)) {
      byte[] next = mac(key, part);
      Arrays.fill(key, (byte) 0);
      key = next;
    }
    byte[] signature = mac(key, String.join("\n", ALGORITHM, at, scope, hash(canonical)));
    signed.put(
        "authorization",
        "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s"
            .formatted(
                ALGORITHM,
                credentials.accessKeyId(),
                scope,
                names,
                HexFormat.of().formatHex(signature)));
    return signed;
  }

  /** By the JDK's own provider, whoever else has taken its name. */
  private static byte[] mac(byte[] key, String text) {
    try {
      Provider provider = Security.getProvider("SunJCE");
      if (provider == null || provider.getClass().getModule() != Object.class.getModule()) {
        throw new NoSuchProviderException("SunJCE");
      }
      Mac mac = Mac.getInstance("HmacSHA256", provider);
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256");
    }
  }

  private static String hash(String text) {
    return Hashing.digest(DigestAlgorithm.SHA_256, Message.ofUtf8(text)).value().toHex();
  }
}
