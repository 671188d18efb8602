package dev.enclave.internal;

import dev.enclave.Bytes;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.texts.Texts;
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
      throw Texts.PEM_TOO_LONG.as(ErrorCode.INVALID_PUBLIC_KEY, pem.length(), LONGEST);
    }
    String text = withoutByteOrderMark(pem);
    Matcher begin = BEGIN.matcher(text);
    if (!begin.find()) {
      throw Texts.PEM_WITHOUT_BLOCK.as(ErrorCode.INVALID_PUBLIC_KEY, pem.length());
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
      case "RSA PUBLIC KEY" -> throw Texts.PEM_OF_PKCS1.as(ErrorCode.INVALID_PUBLIC_KEY, quoted);
      case "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
          throw Texts.PEM_OF_PRIVATE_KEY.as(ErrorCode.INVALID_PUBLIC_KEY, quoted);
      case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" ->
          throw Texts.PEM_OF_REQUEST.as(ErrorCode.INVALID_PUBLIC_KEY, quoted);
      default -> throw Texts.PEM_OF_OTHER_BLOCK.as(ErrorCode.INVALID_PUBLIC_KEY, quoted);
    };
  }

  private static Bytes content(String text, int start, String label) {
    String last = "-----END " + label + "-----";
    int end = text.indexOf(last, start);
    if (end < 0) {
      throw Texts.PEM_CUT_SHORT.as(ErrorCode.INVALID_PUBLIC_KEY, label);
    }
    String rest = text.substring(end + last.length());
    if (!rest.isBlank()) {
      throw (rest.contains("-----BEGIN ") ? Texts.PEM_SECOND_BLOCK : Texts.PEM_GOES_ON)
          .as(ErrorCode.INVALID_PUBLIC_KEY);
    }
    try {
      return Bytes.of(Base64.getDecoder().decode(text.substring(start, end).replaceAll("\\s", "")));
    } catch (IllegalArgumentException e) {
      throw Texts.PEM_NOT_BASE64.as(ErrorCode.INVALID_PUBLIC_KEY);
    }
  }
}
