package dev.enclave.kit.workload;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.Security;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests by Signature Version 4 (IAM User Guide, "Create a signed AWS API request"), for
 * backends without AWS's SDK. For paths and queries that need no encoding.
 *
 * @param region the Region of the service
 * @param service such as {@code sts}
 * @param time when the request is signed; AWS takes it for five minutes
 */
record SignatureV4(String region, String service, Instant time) {

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final String MAC = "HmacSHA256";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DATE_LENGTH = 8;

  /**
   * A request's headers by lower-case name, all of them signed, and what signs them.
   *
   * @param headers besides, by lower-case name
   * @return with {@code host}, which HTTP clients set themselves
   */
  SortedMap<String, String> headers(
      AwsSecurityCredentials credentials,
      String method,
      URI uri,
      Map<String, String> headers,
      String body) {
    SortedMap<String, String> signed = new TreeMap<>(headers);
    signed.put("host", uri.getAuthority());
    signed.put("x-amz-date", TIME.format(time));
    credentials.sessionToken().ifPresent(token -> signed.put("x-amz-security-token", token));
    String names = String.join(";", signed.keySet());
    String toSign =
        String.join(
            "\n",
            ALGORITHM,
            TIME.format(time),
            scope(),
            hash(canonical(method, uri, signed, names, body)));
    String signature =
        HexFormat.of().formatHex(mac(signingKey(credentials.secretAccessKey()), toSign));
    signed.put(
        "authorization",
        ALGORITHM
            + " Credential="
            + credentials.accessKeyId()
            + "/"
            + scope()
            + ", SignedHeaders="
            + names
            + ", Signature="
            + signature);
    return signed;
  }

  private static String canonical(
      String method, URI uri, SortedMap<String, String> signed, String names, String body) {
    String path = uri.getRawPath();
    String query = uri.getRawQuery();
    String sorted =
        query == null
            ? ""
            : Arrays.stream(query.split("&", -1)).sorted().collect(Collectors.joining("&"));
    String lines =
        signed.entrySet().stream()
            .map(header -> header.getKey() + ":" + header.getValue().strip() + "\n")
            .collect(Collectors.joining());
    return String.join(
        "\n",
        method,
        path == null || path.isEmpty() ? "/" : path,
        sorted,
        lines,
        names,
        hash(body));
  }

  private String scope() {
    return String.join("/", date(), region, service, "aws4_request");
  }

  private String date() {
    return TIME.format(time).substring(0, DATE_LENGTH);
  }

  private byte[] signingKey(String secret) {
    byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
    for (String part : new String[] {date(), region, service, "aws4_request"}) {
      byte[] next = mac(key, part);
      Arrays.fill(key, (byte) 0);
      key = next;
    }
    return key;
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(MAC, provider("SunJCE"));
      mac.init(new SecretKeySpec(key, MAC));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + MAC);
    }
  }

  private static String hash(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256", provider("SUN"));
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256");
    }
  }

  /** The JDK's own, whoever else has taken its name. */
  private static Provider provider(String name) throws GeneralSecurityException {
    Provider provider = Security.getProvider(name);
    if (provider == null || provider.getClass().getModule() != Object.class.getModule()) {
      throw new NoSuchProviderException(name);
    }
    return provider;
  }
}
