package dev.enclave.internal;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One PEM block (RFC 7468) with a public key or a certificate. Says of any other text what it holds
 * instead.
 *
 * @param certificate whether it is an X.509 certificate; else a SubjectPublicKeyInfo
 * @param der what the block holds
 */
public record PublicKeyPem(boolean certificate, Bytes der) {

  // A certificate of RSA-4096 has some 3,000 characters, and 10,000 with its description.
  private static final int LONGEST = 65_536;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  // At the start of a line, after explanatory text if there is some (RFC 7468 §5.2).
  private static final Pattern BEGIN =
      Pattern.compile("^[ \t]*+-----BEGIN ([A-Z0-9 .]{1,40}+)-----", Pattern.MULTILINE);

  public static PublicKeyPem read(String pem) {
    if (pem.length() > LONGEST) {
      throw invalid(
          "has " + pem.length() + " characters. Pass at most " + LONGEST + ", one key's PEM.");
    }
    String text = withoutByteOrderMark(pem);
    Matcher begin = BEGIN.matcher(text);
    if (!begin.find()) {
      throw invalid(
          "holds no line BEGIN PUBLIC KEY or BEGIN CERTIFICATE but "
              + pem.length()
              + " characters of something else. Convert DER with: openssl pkey -pubin -inform DER"
              + " -in KEY -outform PEM.");
    }
    String label = begin.group(1);
    boolean certificate = isCertificate(label);
    return new PublicKeyPem(certificate, content(text, begin.end(), label));
  }

  public static String withoutByteOrderMark(String text) {
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  private static boolean isCertificate(String label) {
    String quoted = Quoted.of(label);
    return switch (label) {
      case "PUBLIC KEY" -> false;
      case "CERTIFICATE" -> true;
      case "RSA PUBLIC KEY" ->
          throw invalid(
              "holds "
                  + quoted
                  + ", which is PKCS#1. Convert it with: openssl rsa -RSAPublicKey_in -in KEY"
                  + " -pubout.");
      case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
          throw invalid(
              "holds "
                  + quoted
                  + ", which does not belong here. Take its public key with: openssl pkey -in KEY"
                  + " -pubout.");
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
          throw invalid(
              "holds "
                  + quoted
                  + ". Take its public key with: openssl req -in REQUEST -noout -pubkey.");
      default ->
          throw invalid(
              "holds " + quoted + ". Pass one block BEGIN PUBLIC KEY or BEGIN CERTIFICATE.");
    };
  }

  private static Bytes content(String text, int start, String label) {
    String last = "-----END " + label + "-----";
    int end = text.indexOf(last, start);
    if (end < 0) {
      throw invalid("is cut short: it has no line END " + label + ". Take a whole copy.");
    }
    String rest = text.substring(end + last.length());
    if (!rest.isBlank()) {
      throw invalid(
          (rest.contains("-----BEGIN ") ? "holds a second block" : "goes on after its block")
              + ". Pass the one key or certificate that is meant, alone.");
    }
    try {
      return Bytes.of(Base64.getDecoder().decode(text.substring(start, end).replaceAll("\\s", "")));
    } catch (IllegalArgumentException e) {
      throw invalid("is damaged: its block is not base64. Take another copy.");
    }
  }

  private static UsageException invalid(String what) {
    return new UsageException(ErrorCode.INVALID_PUBLIC_KEY, "The PEM text of a public key " + what);
  }
}
